"""Which tickets may become one.

A merged ticket is closed for good: its words go on in the survivor, whose clocks stay its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

NOTHING = "nothing"  #: no ticket besides the survivor
SURVIVOR_MERGED = "survivor_merged"
SURVIVOR_CLOSED = "survivor_closed"
MERGED_ALREADY = "merged_already"
OTHER_COMPANY = "other_company"
OTHER_ACCOUNT = "other_account"
MIRRORED = "mirrored"
PARENT = "parent"  #: the survivor stands below the ticket that would go


@dataclass(frozen=True)
class Mergeable:
    """What decides about a ticket."""

    id: int
    company_id: int
    account_id: int | None  # None: nobody knows whose it is
    opened_at: datetime  # naive UTC
    is_closed: bool = False
    is_merged: bool = False
    is_mirrored: bool = False  # another helpdesk is its system of record
    ancestor_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    code: str
    ticket_id: int  # the ticket it is about


def problem(survivor: Mergeable, others: Sequence[Mergeable]) -> Problem | None:
    """:return: the first reason why ``others`` cannot be merged into ``survivor``; None if they can

    Words of one customer never reach another: tickets of two known accounts are linked, not merged. A mirrored ticket
    lives on in its own helpdesk, so it cannot end here; it may be the one that stays.
    """
    if not others:
        return Problem(NOTHING, survivor.id)
    if survivor.is_merged:
        return Problem(SURVIVOR_MERGED, survivor.id)
    if survivor.is_closed:
        return Problem(SURVIVOR_CLOSED, survivor.id)
    found = (_problem(survivor, other) for other in others)
    return next((each for each in found if each), None) or _mixed(survivor, others)


def _problem(survivor: Mergeable, other: Mergeable) -> Problem | None:
    reasons = {
        MERGED_ALREADY: other.is_merged,
        OTHER_COMPANY: other.company_id != survivor.company_id,
        OTHER_ACCOUNT: _differ(survivor.account_id, other.account_id),
        MIRRORED: other.is_mirrored,
        PARENT: other.id in survivor.ancestor_ids,
    }
    code = next((code for code, holds in reasons.items() if holds), None)
    return Problem(code, other.id) if code else None


def _mixed(survivor: Mergeable, others: Iterable[Mergeable]) -> Problem | None:
    """Two customers may not meet in a survivor that had none either."""
    known = survivor.account_id
    for other in others:
        if _differ(known, other.account_id):
            return Problem(OTHER_ACCOUNT, other.id)
        known = known or other.account_id
    return None


def _differ(one: int | None, two: int | None) -> bool:
    return bool(one and two and one != two)


def survivor_of(tickets: Iterable[Mergeable]) -> int | None:
    """:return: id of the ticket that should stay: a mirrored one, since it cannot go, else the one opened first;
    None if none can stay"""
    usable = [t for t in tickets if not t.is_closed and not t.is_merged]
    found = min(
        usable, key=lambda t: (not t.is_mirrored, t.opened_at, t.id), default=None
    )
    return found.id if found else None
