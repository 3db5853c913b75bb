"""Who may decide in whose place, for how long and up to which amount.

A delegation lends the seats its lender holds. A borrowed seat cannot be lent on: whoever decides
has it from the one who holds it, and both names stand on the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

# why a delegation cannot be; the wording belongs to the model
BACKWARDS = "backwards"  # ends before it begins
SELF = "self"  # lent to oneself
CYCLE = "cycle"  # comes back to the one who lends

# how it stands
PLANNED = "planned"
LIVE = "live"
ENDED = "ended"
REVOKED = "revoked"
STATES = [
    (PLANNED, "Planned"),
    (LIVE, "Live"),
    (ENDED, "Ended"),
    (REVOKED, "Taken Back"),
]


@dataclass(frozen=True)
class Delegation:
    """``begin`` is part of the period, ``end`` is not; ``limit`` 0: whatever the amount."""

    id: int
    lender_id: int
    delegate_id: int
    begin: datetime
    end: datetime
    company_id: int
    type_ids: frozenset[int] = frozenset()  # empty: requests of every type
    limit: float = 0.0  # in the company's currency
    revoked: bool = False


def state(lent: Delegation, now: datetime) -> str:
    if lent.revoked:
        return REVOKED
    if now < lent.begin:
        return PLANNED
    return LIVE if now < lent.end else ENDED


def covers(
    lent: Delegation, *, now: datetime, company_id: int, type_id: int, amount: float
) -> bool:
    """Whether it lets the delegate decide a request now.

    :param amount: in the company's currency; its sign does not count
    """
    return (
        state(lent, now) == LIVE
        and lent.company_id == company_id
        and (not lent.type_ids or type_id in lent.type_ids)
        and (not lent.limit or abs(amount) <= lent.limit)
    )


def find_problem(new: Delegation, others: Iterable[Delegation]) -> str | None:
    """:return: why ``new`` cannot stand beside ``others``, or None"""
    if new.end <= new.begin:
        return BACKWARDS
    if new.lender_id == new.delegate_id:
        return SELF
    return CYCLE if _comes_back(new, _standing(new, others)) else None


def _standing(new: Delegation, others: Iterable[Delegation]) -> list[Delegation]:
    return [
        other
        for other in others
        if other.id != new.id
        and not other.revoked
        and other.company_id == new.company_id
    ]


def _comes_back(new: Delegation, others: Sequence[Delegation]) -> bool:
    """Whether authority would flow back to its lender, at some moment when all on the way are live."""
    paths = [(new.delegate_id, new.begin, new.end, frozenset({new.id}))]
    while paths:
        person, begin, end, used = paths.pop()
        for other in others:
            if other.lender_id != person or other.id in used:
                continue
            first, last = max(begin, other.begin), min(end, other.end)
            if first >= last:
                continue
            if other.delegate_id == new.lender_id:
                return True
            paths.append((other.delegate_id, first, last, used | {other.id}))
    return False
