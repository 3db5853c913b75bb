"""Who is away while a decision waits for them, and whether those who are there can decide it.

Being away takes no seat and no right; it only asks somebody else as well, and at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from .seats import ALL, ANY, APPROVED, PENDING, Seat, Step

Periods = Sequence[tuple[datetime, datetime | None]]


def until(periods: Periods, now: datetime) -> datetime | None | bool:
    """When somebody is back.

    :param periods: (from, to) in which they are away, in any order; ``to`` None: nobody knows
    :return: False: they are here; None: away, and nobody knows for how long
    """
    back: datetime | None | bool = False
    moment = now
    for start, end in sorted(periods, key=lambda period: period[0]):
        if start > moment or (end is not None and end <= moment):
            continue
        if end is None:
            return None
        back = moment = end
    return back


def uncovered(step: Step, away: Collection[int]) -> tuple[int, ...]:
    """Those away whom the step waits for, as the others asked cannot decide it; empty: they can.

    :param away: who is away and has nobody here in their place
    """
    if step.state != PENDING:
        return ()
    missing = [user_id for user_id in step.users(PENDING) if user_id in away]
    here = replace(
        step, seats=tuple(seat for seat in step.seats if seat.user_id not in away)
    )
    return tuple(missing) if here.worth(PENDING) < _needed(step) else ()


def _needed(step: Step) -> int:
    """:return: answers, or weight of them, that the step still waits for if all are yes"""
    if step.mode == ANY:
        return 1
    if step.mode == ALL:
        return step.awaited
    return max(step.quorum - step.worth(APPROVED), 0)


def cover(
    steps: Sequence[Step],
    away: Collection[int],
    lines: Mapping[int, Sequence[int]],
    *,
    owner_id: int | None,
    barred: Collection[int],
) -> dict[int, dict[int, int]]:
    """Whom to ask as well: {step key: {user id: in whose place}}.

    :param lines: the managers of each who is away, the nearest first, those only who can decide
    :param owner_id: the policy's owner, if able to decide: for those whose managers are of no help
    :param barred: who may decide no step
    """
    found: dict[int, dict[int, int]] = {}
    for step in steps:
        taken = {seat.user_id for seat in step.seats} | set(barred) | step.barred
        for user_id in uncovered(step, away):
            line = [*lines.get(user_id, ()), *([owner_id] if owner_id else [])]
            helper = next((x for x in line if x not in taken and x not in away), None)
            if helper is not None:
                found.setdefault(step.key, {})[helper] = user_id
                taken.add(helper)
    return found


def with_details(
    steps: Sequence[Step],
    helpers: Mapping[int, Mapping[int, int]],
    words: Callable[[int], str],
) -> tuple[Step, ...]:
    """The steps with the reason on the seats of those asked as well.

    :param words: the reason, for who is away
    """

    def told(step: Step, seat: Seat) -> Seat:
        missing = helpers.get(step.key, {}).get(seat.user_id)
        return replace(seat, detail=words(missing)) if missing else seat

    return tuple(
        replace(step, seats=tuple(told(step, seat) for seat in step.seats))
        for step in steps
    )
