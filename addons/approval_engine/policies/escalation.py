"""Who else is asked while the time of a decision runs out. Asking more people never approves anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .deadlines import Spans, due_at
from .seats import ESCALATED, PENDING, Seat, Step, deciders

# after how much of the time
PERCENT = "percent"
HOURS = "hours"
UNITS = [(PERCENT, "% of the time"), (HOURS, "hours")]

# who is asked
MANAGER = "manager"
GROUP = "group"
USER = "user"
TARGETS = [
    (MANAGER, "The manager of each approver"),
    (GROUP, "A group"),
    (USER, "One person"),
]


@dataclass(frozen=True)
class Level:
    """When somebody else is asked: after this share of the time given, or after so many hours."""

    after: float
    unit: str = PERCENT

    def hours(self, given: float) -> float:
        """:param given: hours to decide; 0: no deadline, and a share of it is never reached"""
        return given * self.after / 100 if self.unit == PERCENT else self.after


def levels_at(
    start: datetime,
    given: float,
    levels: Sequence[Level],
    working: Spans | None = None,
) -> list[datetime | None]:
    """When each level is reached; None: never, as it lies at the end of the time or behind it.

    :param given: hours to decide; 0: without a deadline
    """
    spans = None if working is None else list(working)
    return [_level_at(start, given, level, spans) for level in levels]


def _level_at(
    start: datetime, given: float, level: Level, working: Spans | None
) -> datetime | None:
    hours = level.hours(given)
    if hours <= 0 or (given > 0 and hours >= given):
        return None
    return due_at(start, hours, working)


@dataclass(frozen=True)
class Happening:
    """What happens now: nothing of it approves."""

    levels: tuple[int, ...] = ()  # positions of the levels to carry out, in order
    remind: bool = False
    ends: bool = False  # the time is over


def happening(
    now: datetime,
    *,
    due: datetime | None,
    levels: Sequence[datetime | None] = (),
    levels_done: Collection[int] = (),
    reminders: Sequence[datetime] = (),
    reminded: int = 0,
) -> Happening:
    """Look at the clock of one request.

    :param levels: when each is reached
    :param levels_done: positions of those carried out in this round
    :param reminded: how many of ``reminders`` are behind us
    """
    if due is not None and now >= due:
        return Happening(ends=True)
    reached = [
        (moment, at)
        for at, moment in enumerate(levels)
        if moment is not None and moment <= now and at not in levels_done
    ]
    return Happening(
        levels=tuple(at for _moment, at in sorted(reached)),
        remind=any(moment <= now for moment in reminders[reminded:]),
    )


def passed(now: datetime, reminders: Sequence[datetime], reminded: int) -> int:
    """:return: how many reminders are behind us once one was sent now: those missed count as sent"""
    return max(reminded + 1, sum(moment <= now for moment in reminders))


def next_level(
    levels: Sequence[datetime | None], levels_done: Collection[int]
) -> datetime | None:
    """:return: when the next level is reached that was not carried out"""
    open_ = [
        m for at, m in enumerate(levels) if m is not None and at not in levels_done
    ]
    return min(open_, default=None)


# ---------------------------------------------------------------------- who is asked


@dataclass(frozen=True)
class Escalated:
    steps: tuple[Step, ...]
    added: tuple[tuple[int, int], ...] = ()  # (step key, user id)
    owner: bool = False  # it is the policy's owner, as nobody else was new


def escalate(
    steps: Sequence[Step],
    wanted: Mapping[int, Sequence[int]],
    *,
    owner_id: int | None,
    barred: Collection[int] = (),
) -> Escalated:
    """Give further people a seat in the open steps; those who have one keep it.

    :param wanted: who is to be asked, by step key
    :param owner_id: the policy's owner, if able to decide: asked where nobody else is new
    :param barred: who may not decide this request, besides those who did already
    """
    out = set(barred) | deciders(steps)
    found = _with_seats(steps, wanted, out)
    if found.added or not owner_id:
        return found
    open_ = {step.key: (owner_id,) for step in steps if step.state == PENDING}
    return replace(_with_seats(steps, open_, out), owner=True)


def _with_seats(
    steps: Sequence[Step], wanted: Mapping[int, Sequence[int]], out: set[int]
) -> Escalated:
    result: list[Step] = []
    added: list[tuple[int, int]] = []
    for step in steps:
        new = _new_people(step, wanted.get(step.key, ()), out)
        seats = tuple(Seat(user_id, ESCALATED, PENDING) for user_id in new)
        result.append(replace(step, seats=(*step.seats, *seats)))
        added += [(step.key, user_id) for user_id in new]
    return Escalated(tuple(result), tuple(added))


def _new_people(step: Step, wanted: Sequence[int], out: set[int]) -> list[int]:
    if step.state != PENDING:
        return []
    known = {seat.user_id for seat in step.seats} | out | step.barred
    return [user_id for user_id in dict.fromkeys(wanted) if user_id not in known]
