"""What one decision does to the steps of a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .seats import (
    ALL,
    ANY,
    APPROVED,
    DECIDED,
    PENDING,
    REJECTED,
    SKIPPED,
    UNDECIDED,
    WAITING,
    Step,
    fill_up,
    find_short_step,
)

# refusals: stable codes, the wording belongs to the model
REQUESTER = "requester"  # nobody decides their own request
ALREADY_DECIDED = "already_decided"  # this person has decided a step of it
NOT_APPROVER = "not_approver"  # has no seat
NOT_NOW = "not_now"  # has a seat, in a step that is not open, or no longer
UNREACHABLE = "unreachable"  # would leave another step without anybody to decide it


@dataclass(frozen=True)
class Outcome:
    steps: tuple[Step, ...]
    request: str = PENDING  # PENDING, APPROVED or REJECTED
    step_key: int = 0  # the step that was decided
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
) -> Outcome:
    """Fill the seat of ``user_id`` with ``verdict`` (APPROVED or REJECTED) and settle the steps.

    Where somebody has seats in several open steps, the one is filled that leaves the others
    with people enough.
    """
    refusal = refuse(steps, user_id=user_id, requester_id=requester_id)
    if refusal:
        return Outcome(tuple(steps), refusal=refusal)
    outcomes = [
        _decide_step(steps, step, user_id, verdict, requester_id, owner_id)
        for step in _seats_open_to(steps, user_id)
    ]
    return min(outcomes, key=_cost)


def refuse(steps: Sequence[Step], *, user_id: int, requester_id: int) -> str | None:
    """:return: why this person cannot decide now, or None"""
    if user_id == requester_id:
        return REQUESTER
    held = [(step, seat) for step in steps if (seat := step.seat_of(user_id))]
    if any(seat.state in DECIDED for _step, seat in held):
        return ALREADY_DECIDED
    if all(seat.state == SKIPPED and step.state in UNDECIDED for step, seat in held):
        return NOT_APPROVER  # no seat, or it was closed before the step was decided
    return None if _seats_open_to(steps, user_id) else NOT_NOW


def _seats_open_to(steps: Sequence[Step], user_id: int) -> list[Step]:
    mine = [s for s in steps if s.state == PENDING and user_id in s.users(PENDING)]
    return sorted(mine, key=lambda s: (len(s.users(PENDING)), s.key))


def _cost(outcome: Outcome) -> tuple[bool, int]:
    """Rather no refusal, then rather no owner called in; ties keep their order."""
    return outcome.refusal is not None, sum(len(step.seats) for step in outcome.steps)


def _decide_step(
    steps: Sequence[Step],
    chosen: Step,
    user_id: int,
    verdict: str,
    requester_id: int,
    owner_id: int | None,
) -> Outcome:
    filled = [_fill(step, chosen, user_id, verdict) for step in steps]
    settled = [_settle(step) for step in filled]
    if any(step.state == REJECTED for step in settled):
        return Outcome(_closed(settled), REJECTED, chosen.key)
    reachable, short = fill_up(settled, owner_id=owner_id, requester_id=requester_id)
    if short:
        return Outcome(tuple(steps), refusal=UNREACHABLE, short_step=short.name)
    opened = open_steps(reachable)
    done = all(step.state == APPROVED for step in opened)
    return Outcome(opened, APPROVED if done else PENDING, chosen.key)


def _fill(step: Step, chosen: Step, user_id: int, verdict: str) -> Step:
    if step.key == chosen.key:
        return step.with_seat_state(user_id, verdict)
    seat = step.seat_of(user_id)
    # one person, one seat: the others fall away
    return (
        step.with_seat_state(user_id, SKIPPED)
        if seat and seat.state in UNDECIDED
        else step
    )


def _settle(step: Step) -> Step:
    if step.state != PENDING:
        return step
    state = _state_of(step)
    return step if state == PENDING else _finish(step, state)


def _state_of(step: Step) -> str:
    approvals, rejections = step.approvals, len(step.users(REJECTED))
    pending = len(step.users(PENDING))
    if step.mode == ANY:
        return REJECTED if rejections else APPROVED if approvals else PENDING
    if step.mode == ALL:
        return (
            REJECTED
            if rejections
            else PENDING
            if pending or not approvals
            else APPROVED
        )
    if approvals >= step.quorum:
        return APPROVED
    out_of_reach = rejections and approvals + pending < step.quorum
    return REJECTED if out_of_reach else PENDING


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
            seats=tuple(replace(seat, state=WAITING) for seat in s.seats),
        )
        for s in steps
    ]
    return open_steps(fresh)


def is_decidable(steps: Sequence[Step]) -> bool:
    """:return: whether every undecided step still has people enough"""
    return find_short_step(steps) is None
