"""Asking one more person than the policy does. It asks more, never less."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .seats import ADDED, ALL, PENDING, UNDECIDED, WAITING, Seat, Step, deciders

# why somebody cannot be added: stable codes, the wording belongs to the model
BARRED = "barred"  # may decide no step of it
DECIDED = "decided"  # has decided a step of it already
UNABLE = "unable"  # cannot open requests of this company
KNOWN = "known"  # was added before, and is still asked


def refuse(
    steps: Sequence[Step],
    user_id: int,
    *,
    able: bool,
    barred: Collection[int],
) -> str | None:
    """:return: why this person cannot be asked in addition, or None"""
    if user_id in barred:
        return BARRED
    if user_id in deciders(steps):
        return DECIDED
    if not able:
        return UNABLE
    asked = {
        seat.user_id
        for step in steps
        for seat in step.seats
        if seat.why == ADDED and seat.state in UNDECIDED
    }
    return KNOWN if user_id in asked else None


def step_for(key: int, user_id: int, name: str, steps: Sequence[Step]) -> Step:
    """A step of their own, beside those that are open: nothing is approved without them.

    Beside the first ones, where none is open yet.
    """
    open_ = [step.sequence for step in steps if step.state == PENDING]
    undecided = [step.sequence for step in steps if step.state in UNDECIDED]
    state = PENDING if open_ else WAITING
    return Step(
        key,
        min(open_ or undecided, default=0),
        name,
        ALL,
        state=state,
        seats=(Seat(user_id, ADDED, state),) if user_id else (),
    )
