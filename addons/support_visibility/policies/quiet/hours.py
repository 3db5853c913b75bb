"""When people want to hear nothing that can wait.

An instant is quiet if the wall clock of the zone then shows a quiet time: an hour that summer time skips is never
quiet, and one that it repeats is quiet twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

from ..sla.spans import Span, merged, within, without
from ..sla.working_time import DAY_SECONDS, Attendance, WorkingTime

EVERY_DAY = range(7)
# Hours that leave no loud moment within this time are taken for a mistake, and keep nothing back: a calendar without
# hours must not swallow what a team should hear.
LONGEST = timedelta(days=31)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Quiet:
    """:param hours: when it is quiet
    :param is_outside: it is quiet when ``hours`` are over instead
    """

    hours: WorkingTime
    is_outside: bool = False

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """When it is quiet, in order; what follows on each other may come in parts."""
        hours = self.hours.spans(start, end)
        return without([(start, end)], list(hours)) if self.is_outside else hours


NEVER = Quiet(WorkingTime(attendances=()))


def daily(
    begin: float, end: float, tz: str, weekdays: Iterable[int] = EVERY_DAY
) -> Quiet:
    """:param begin: hours of the day such as 22.5; after ``end``: over midnight; the same as ``end``: never
    :param end: at most 24
    :param weekdays: on which it begins, 0 = Monday
    """
    first, last = round(begin * 60) * 60, round(end * 60) * 60
    parts = [(0, first, last)] if first <= last else _over_midnight(first, last)
    attendances = (
        Attendance((weekday + shift) % 7, one, other)
        for weekday in weekdays
        for shift, one, other in parts
        if one < other
    )
    return Quiet(WorkingTime(zone_name(tz), tuple(sorted(attendances, key=_order))))


def outside(hours: WorkingTime) -> Quiet:
    """Quiet whenever these working hours are over."""
    return Quiet(hours, is_outside=True)


def loud_at(quiet: Quiet, at: datetime) -> datetime:
    """:param at: naive UTC
    :return: naive UTC, the first moment from ``at`` on that is not quiet
    """
    moment = at
    for begin, end in quiet.spans(at, at + LONGEST):
        if begin > moment:
            break
        moment = max(moment, end)
    return moment if moment < at + LONGEST else at


def next_quiet(quiet: Quiet, at: datetime) -> datetime | None:
    """:return: naive UTC, the first moment from ``at`` on that is quiet; None: none within a week"""
    if not _ever_loud(quiet, at):
        return None
    return next((begin for begin, _end in quiet.spans(at, at + WEEK)), None)


def is_endless(quiet: Quiet, at: datetime) -> bool:
    """:return: whether these hours would keep everything back for ever (see ``LONGEST``)"""
    return not _ever_loud(quiet, at)


def _ever_loud(quiet: Quiet, at: datetime) -> bool:
    bounds = (at, at + LONGEST)
    spans = merged(within(quiet.spans(*bounds), bounds))
    return spans != [bounds]


def _over_midnight(first: int, last: int) -> list[tuple[int, int, int]]:
    return [(0, first, DAY_SECONDS), (1, 0, last)]


def _order(attendance: Attendance) -> tuple[int, int, int]:
    return attendance.weekday, attendance.begin, attendance.end


def zone_name(name: str) -> str:
    """:return: the name of a zone that there is; UTC for any other"""
    return name if name in pytz.all_timezones_set else "UTC"


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
