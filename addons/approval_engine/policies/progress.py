"""What one decision does to the steps of a request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from .persons import ONE_EACH, Logins, everyone
from .reach import fill_up, find_short_step
from .seats import (
    ALL,
    ANY,
    APPROVED,
    PENDING,
    REJECTED,
    SKIPPED,
    UNDECIDED,
    WAITING,
    Step,
    deciders,
)

# refusals: stable codes, the wording belongs to the model
REQUESTER = "requester"  # nobody decides their own request
ALREADY_DECIDED = "already_decided"  # this person has decided a step of it
BARRED = "barred"  # must not decide this step, whoever lends them a seat
NOT_APPROVER = "not_approver"  # has no seat
NOT_NOW = "not_now"  # has a seat, in a step that is not open, or no longer
UNREACHABLE = "unreachable"  # would leave another step without anybody to decide it


@dataclass(frozen=True)
class Outcome:
    steps: tuple[Step, ...]
    request: str = PENDING  # PENDING, APPROVED or REJECTED
    step_key: int = 0  # the step that was decided
    holder_id: int = 0  # whose seat was filled
    refusal: str | None = None
    short_step: str = ""  # with refusal UNREACHABLE: the step nobody could decide


def open_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Open the first steps that are not decided: all of one sequence number, in parallel."""
    undecided = [s.sequence for s in steps if s.state in UNDECIDED]
    first = min(undecided, default=None)
    return tuple(
        _opened(s) if s.state == WAITING and s.sequence == first else s for s in steps
    )


def _opened(step: Step) -> Step:
    seats = tuple(
        replace(s, state=PENDING) if s.state == WAITING else s for s in step.seats
    )
    return replace(step, state=PENDING, seats=seats)


def decide(
    steps: Sequence[Step],
    *,
    user_id: int,
    verdict: str,
    requester_id: int,
    owner_id: int | None,
    lenders: Collection[int] = (),
    logins: Logins = ONE_EACH,
) -> Outcome:
    """Fill a seat with ``verdict`` (APPROVED or REJECTED) and settle the steps.

    Where somebody has seats in several open steps, the one is filled that leaves the others
    with people enough. A seat of one's own comes before those of others.

    :param user_id: who decides, the real person
    :param lenders: those in whose place this person may decide now
    :param logins: of people with several: what is decided under one is decided under each
    """
    refusal = refuse(
        steps,
        user_id=user_id,
        requester_id=requester_id,
        lenders=lenders,
        logins=logins,
    )
    if refusal:
        return Outcome(tuple(steps), refusal=refusal)
    outcomes = [
        _decide_step(
            steps,
            step,
            _Vote(holder, user_id, verdict, everyone({holder, user_id}, logins)),
            requester_id,
            owner_id,
        )
        for holder in holders(steps, user_id, lenders, logins)
        for step in _open_to(steps, holder, user_id)
    ]
    return min(outcomes, key=_cost)


def refuse(
    steps: Sequence[Step],
    *,
    user_id: int,
    requester_id: int,
    lenders: Collection[int] = (),
    logins: Logins = ONE_EACH,
) -> str | None:
    """:return: why this person cannot decide now, or None"""
    if requester_id in everyone({user_id}, logins):
        return REQUESTER
    if user_id in everyone(deciders(steps), logins):
        return ALREADY_DECIDED
    if holders(steps, user_id, lenders, logins):
        return None
    people = {user_id, *lenders}
    held = [
        (step, seat) for step in steps for seat in step.seats if seat.user_id in people
    ]
    if any(
        step.state == seat.state == PENDING and step.barred & {user_id, seat.user_id}
        for step, seat in held
    ):
        return BARRED
    if all(seat.state == SKIPPED and step.state in UNDECIDED for step, seat in held):
        return NOT_APPROVER  # no seat, or it was closed before the step was decided
    return NOT_NOW


def holders(
    steps: Sequence[Step],
    user_id: int,
    lenders: Collection[int] = (),
    logins: Logins = ONE_EACH,
) -> list[int]:
    """:return: those whose open seat this person may fill: themselves, else those they stand in for"""
    if _open_to(steps, user_id, user_id):
        return [user_id]
    spent = everyone(deciders(steps), logins)
    return [
        lender
        for lender in sorted(lenders)
        if lender not in spent and _open_to(steps, lender, user_id)
    ]


def _open_to(steps: Sequence[Step], holder_id: int, user_id: int) -> list[Step]:
    """:return: the open steps in which ``user_id`` may fill the seat of ``holder_id``"""
    found = [
        step
        for step in steps
        if step.state == PENDING
        and holder_id in step.users(PENDING)
        and not step.barred & {holder_id, user_id}
    ]
    return sorted(found, key=lambda s: (len(s.users(PENDING)), s.key))


def _cost(outcome: Outcome) -> tuple[bool, int]:
    """Rather no refusal, then rather no owner called in; ties keep their order."""
    return outcome.refusal is not None, sum(len(step.seats) for step in outcome.steps)


@dataclass(frozen=True)
class _Vote:
    holder_id: int  # whose seat
    user_id: int  # who decides
    verdict: str
    logins: frozenset[int]  # all of both

    @property
    def decided_by(self) -> int:
        return 0 if self.user_id == self.holder_id else self.user_id


def _decide_step(
    steps: Sequence[Step],
    chosen: Step,
    vote: _Vote,
    requester_id: int,
    owner_id: int | None,
) -> Outcome:
    filled = [_fill(step, chosen, vote) for step in steps]
    settled = [_settle(step) for step in filled]
    if any(step.state == REJECTED for step in settled):
        return Outcome(_closed(settled), REJECTED, chosen.key, vote.holder_id)
    helper = None if owner_id in vote.logins else owner_id
    reachable, short = fill_up(settled, owner_id=helper, requester_id=requester_id)
    if short:
        return Outcome(tuple(steps), refusal=UNREACHABLE, short_step=short.name)
    opened = open_steps(reachable)
    done = all(step.state == APPROVED for step in opened)
    return Outcome(opened, APPROVED if done else PENDING, chosen.key, vote.holder_id)


def _fill(step: Step, chosen: Step, vote: _Vote) -> Step:
    """One person, one seat: the others of the decider, and of whom they stand in for, fall away."""
    for user_id in vote.logins:
        seat = step.seat_of(user_id)
        if step.key == chosen.key and user_id == vote.holder_id:
            step = step.with_seat_state(user_id, vote.verdict, vote.decided_by)
        elif seat and seat.state in UNDECIDED:
            step = step.with_seat_state(user_id, SKIPPED)
    return step


def _settle(step: Step) -> Step:
    if step.state != PENDING:
        return step
    state = _state_of(step)
    return step if state == PENDING else _finish(step, state)


def _state_of(step: Step) -> str:
    rejections = len(step.users(REJECTED))
    if step.mode == ANY:
        return REJECTED if rejections else APPROVED if step.approvals else PENDING
    if step.mode == ALL:
        if rejections:
            return REJECTED
        return PENDING if step.awaited or not step.approvals else APPROVED
    if step.worth(APPROVED) >= step.quorum:
        return APPROVED
    out_of_reach = step.worth(APPROVED, PENDING) < step.quorum
    return REJECTED if rejections and out_of_reach else PENDING


def _finish(step: Step, state: str) -> Step:
    seats = tuple(
        replace(s, state=SKIPPED) if s.state in UNDECIDED else s for s in step.seats
    )
    return replace(step, state=state, seats=seats)


def _closed(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(_finish(s, SKIPPED) if s.state in UNDECIDED else s for s in steps)


def close(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Nothing is left to decide: the request was recalled, expired or lapsed."""
    return _closed(steps)


def reset(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Everything is to be decided anew, by the same people."""
    fresh = [
        replace(
            s,
            state=WAITING,
            seats=tuple(replace(seat, state=WAITING, decided_by=0) for seat in s.seats),
        )
        for s in steps
    ]
    return open_steps(fresh)


def is_decidable(steps: Sequence[Step]) -> bool:
    """:return: whether every undecided step still has people enough"""
    return find_short_step(steps) is None
