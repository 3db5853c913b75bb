"""Has a governed document that is in force a valid approval: what it is today, against what was approved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .governed import CREATE, Rule
from .request_state import APPROVED, DRAFT, EXECUTED, PENDING, REJECTED

# Why a document has no valid approval. Wording belongs to the model.
NEVER = "never"  # nobody asked for one
WAITING = "waiting"  # asked, and not decided
REJECTED_ = "rejected"
ENDED = "ended"  # asked, then recalled, expired, lapsed or failed
OTHER = "other"  # what was approved is not what the document is
LATER = "later"  # approved once it was in force
FORGED = "forged"  # its approval does not verify
WHYS = (NEVER, WAITING, REJECTED_, ENDED, OTHER, LATER, FORGED)

GIVEN = frozenset({APPROVED, EXECUTED})
OPEN = frozenset({DRAFT, PENDING})

# Such a field says how far a document is. An approved button moves it, so it is no part of the comparison.
STAGES = frozenset({"selection", "boolean"})
NOT_YET = frozenset(  # values of a field `state` of documents that bind nobody
    "draft new sent to_approve to_confirm waiting cancel cancelled canceled rejected refused".split()
) | {"to approve"}


@dataclass(frozen=True)
class Approval:
    """One request about a document."""

    id: int
    state: str
    operation: str = ""
    decided_at: datetime | None = None
    whole: bool = True  # its decisions verify, and they are about its content
    before: Mapping[str, Any] = field(
        default_factory=dict
    )  # governed values when it was asked
    approved: Mapping[str, Any] = field(
        default_factory=dict
    )  # governed values that were approved
    result: Mapping[str, Any] | None = (
        None  # governed values once it was done; None: not known
    )


@dataclass(frozen=True)
class Document:
    id: int
    content: Mapping[str, Any]  # governed values today
    since: datetime | date | None = (
        None  # when it came into force (UTC); None: not known
    )


@dataclass(frozen=True)
class Verdict:
    why: str = ""  # empty: it has a valid approval
    approval_id: int = 0  # the approval, or what comes closest to one; 0: none


def judge(
    document: Document, approvals: Iterable[Approval], stages: Collection[str] = ()
) -> Verdict:
    """Who called what does not count, only what is there.

    :param stages: fields that say how far the document is
    """
    ordered = sorted(approvals, key=lambda one: one.id)
    given = [one for one in ordered if one.state in GIVEN]
    whole = sorted(
        (one for one in given if one.whole),
        key=lambda one: (one.decided_at or datetime.max, one.id),
    )
    if not whole:
        return _without_approval(ordered, given)
    if is_late(whole[0], document, stages):
        return Verdict(LATER, whole[0].id)
    for one in reversed(whole):
        if is_match(one, document.content, stages):
            return Verdict("", one.id)
    return Verdict(OTHER, whole[-1].id)


def _without_approval(ordered: list[Approval], given: list[Approval]) -> Verdict:
    if given:
        return Verdict(FORGED, given[-1].id)
    if not ordered:
        return Verdict(NEVER)
    last = ordered[-1]
    if last.state in OPEN:
        return Verdict(WAITING, last.id)
    return Verdict(REJECTED_ if last.state == REJECTED else ENDED, last.id)


def is_match(
    approval: Approval, content: Mapping[str, Any], stages: Collection[str] = ()
) -> bool:
    """:return: whether the document is what was approved, or what came of carrying that out"""
    wanted = approval.approved if approval.result is None else approval.result
    return _beside(wanted, stages) == _beside(content, stages)


def _beside(content: Mapping[str, Any], stages: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in stages}


def is_late(
    approval: Approval, document: Document, stages: Collection[str] = ()
) -> bool:
    """:return: whether the document was in force before this was approved"""
    if approval.operation == CREATE:
        return False  # it was born of this approval
    if document.since is not None and approval.decided_at is not None:
        return _is_after(approval.decided_at, document.since)
    if not stages:
        return False
    return all(
        name in approval.before and approval.before[name] == document.content.get(name)
        for name in stages
    )


def _is_after(decided: datetime, since: datetime | date) -> bool:
    """A day is over at its end, as nobody knows the hour."""
    if isinstance(since, datetime):
        return decided > since
    return decided.date() > since


def share(approved: int, documents: int) -> float | None:
    """:return: from 0 to 1; None where there is nothing to have a share of"""
    return approved / documents if documents else None


# --------------------------------------------------------------------------- which documents

SAID = "said"  # somebody said which records are in force
BORN = "born"  # making one takes an approval: all of them
ENTERED = "entered"  # becoming such a record takes one: all that match
STATE = "state"  # not said; those whose field `state` is past draft
CHANGED = "changed"  # nothing tells: only those that were changed with an approval
NOTHING = "nothing"  # only deleting is held: what is deleted is not there


@dataclass(frozen=True)
class Population:
    kind: str
    domain: tuple[object, ...] = ()


def population(rule: Rule, states: Collection[str]) -> Population:
    """Which records under a rule should have an approval.

    :param states: values of the model's field ``state`` if an approval covers that field, or a button is held
    """
    if rule.in_force is not None:
        return Population(SAID, rule.in_force)
    if rule.creates:
        return Population(BORN)
    if rule.enters:
        return Population(ENTERED)
    bound = sorted(set(states) - NOT_YET)
    if bound and len(bound) < len(set(states)):
        return Population(STATE, (("state", "in", bound),))
    return Population(CHANGED if rule.writes or rule.methods else NOTHING)
