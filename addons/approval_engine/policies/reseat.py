"""What becomes of the open steps of a request once somebody may no longer decide them.

A seat is closed when its person lost the right; the step is then resolved anew, as the policy
says today. Closing a seat never approves a step: where nobody is left, the policy's owner is
called in, and where that does not help the step is stuck, which the caller has to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .reach import add_owner, fill_up
from .seats import (
    KEPT,
    OWNER,
    SKIPPED,
    UNDECIDED,
    Seat,
    Step,
    deciders,
)


@dataclass(frozen=True)
class Pool:
    """Who may decide a step today.

    ``pick``: how many seats the step has, the first of ``candidates`` first; 0: one for each.
    ``able``: who can decide at all, which is enough for seats that are ``KEPT``.
    """

    candidates: tuple[Seat, ...] = ()
    pick: int = 0
    able: frozenset[int] = frozenset()

    def without(self, user_ids: frozenset[int]) -> Pool:
        """:return: the pool without these, who have decided already under another login"""
        left = tuple(one for one in self.candidates if one.user_id not in user_ids)
        return Pool(left, self.pick, self.able - user_ids)

    def may_keep(self, seat: Seat) -> bool:
        if seat.why in KEPT:
            return seat.user_id in self.able
        return any(seat.user_id == one.user_id for one in self.candidates)


@dataclass(frozen=True)
class Reseated:
    steps: tuple[Step, ...]
    lost: tuple[tuple[int, int], ...] = ()  # (step key, user id) of the seats closed
    added: tuple[tuple[int, Seat], ...] = ()  # (step key, seat) of those asked instead
    stuck: tuple[int, ...] = ()  # keys of steps without people enough


def reseat(
    steps: Sequence[Step],
    pools: Mapping[int, Pool],
    *,
    owner_id: int | None,
    requester_id: int,
) -> Reseated:
    """Close the seats of those who lost the right, and ask those who have it.

    :param pools: who may decide each undecided step now, by its key
    :param owner_id: the policy's owner, if able to decide
    """
    barred = {requester_id} | deciders(steps)
    resolved = [
        _resolve(step, pools[step.key], owner_id, barred | step.barred)
        if step.state in UNDECIDED
        else step
        for step in steps
    ]
    filled, short = fill_up(resolved, owner_id=owner_id, requester_id=requester_id)
    manned = tuple(_never_empty(filled, step, owner_id, barred) for step in filled)
    return Reseated(
        manned,
        _lost(steps, manned),
        _added(steps, manned),
        tuple(
            s.key
            for s in manned
            if s.state in UNDECIDED and (not _open(s) or (short and s.key == short.key))
        ),
    )


def _open(step: Step) -> list[int]:
    return step.users(*UNDECIDED)


def _holds(seat: Seat, step: Step, pool: Pool, owner_id: int | None) -> bool:
    if seat.user_id in step.barred:
        return False
    return seat.user_id == owner_id if seat.why == OWNER else pool.may_keep(seat)


def _resolve(step: Step, pool: Pool, owner_id: int | None, barred: set[int]) -> Step:
    """The step as it is when nobody lost anything, else with the people of today."""
    kept = [
        replace(seat, state=SKIPPED)
        if seat.state in UNDECIDED and not _holds(seat, step, pool, owner_id)
        else seat
        for seat in step.seats
    ]
    closed = replace(step, seats=tuple(kept))
    if closed == step and _open(step):
        return step
    return _ask(closed, pool, barred)


def _ask(step: Step, pool: Pool, barred: set[int]) -> Step:
    """Ask those who may decide the step; one who was let go and may again gets their seat back.

    Where only some are asked, the seats that were lost are filled and no more.
    """
    sitting = [seat.user_id for seat in step.seats if seat.state != SKIPPED]
    able = {
        seat.user_id: seat
        for seat in pool.candidates
        if seat.user_id not in barred and seat.user_id not in sitting
    }
    missing = max(pool.pick - len(sitting), 0) if pool.pick else len(able)
    asked = dict(list(able.items())[:missing])
    back = [
        replace(asked[seat.user_id], state=step.state)
        if seat.state == SKIPPED and seat.user_id in asked
        else seat
        for seat in step.seats
    ]
    new = [
        replace(seat, state=step.state)
        for user_id, seat in asked.items()
        if not step.seat_of(user_id)
    ]
    return replace(step, seats=(*back, *new))


def _never_empty(
    steps: Sequence[Step], step: Step, owner_id: int | None, barred: set[int]
) -> Step:
    """Approvals given before do not carry a step whose last approver left."""
    if step.state not in UNDECIDED or _open(step):
        return step
    helped = add_owner(steps, step, owner_id, barred)
    return next(s for s in helped if s.key == step.key) if helped else step


def _lost(before: Sequence[Step], after: Sequence[Step]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (old.key, user_id)
        for old, new in zip(before, after, strict=True)
        for user_id in _open(old)
        if user_id not in _open(new)
    )


def _added(
    before: Sequence[Step], after: Sequence[Step]
) -> tuple[tuple[int, Seat], ...]:
    return tuple(
        (new.key, seat)
        for old, new in zip(before, after, strict=True)
        for seat in new.seats
        if seat.state in UNDECIDED and seat.user_id not in _open(old)
    )
