"""A deadline for made-up working hours: reads what a client sent and says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytz

from .clock import reached_at, whole
from .spans import Span, merged
from .working_time import DAY_SECONDS, Attendance, WorkingTime

TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")
MOST_MINUTES = 366 * 5 * 24 * 60
MOST_ROWS = 500
FIRST_YEAR, LAST_YEAR = 1970, 2100  # what zones know


class BadInput(ValueError):
    """Which argument cannot be used, and why; ``str`` is a sentence."""

    def __init__(self, argument: str, why: str):
        super().__init__(f"{argument}: {why}")
        self.argument = argument
        self.why = why


def simulate(
    start: Any,
    target_minutes: Any,
    tz: Any,
    attendances: Any,
    leaves: Any = (),
    pauses: Any = (),
) -> datetime | None:
    """When the time given has run out.

    :param start: ISO 8601; without a zone it is UTC, as all times here
    :param attendances: ``[[weekday 0 = Monday, "HH:MM", "HH:MM"]]`` in local time of ``tz``; an end at or before the
        begin is on the next day; "24:00" is midnight. None: always open. Empty: never
    :param leaves: ``[[from, to]]``, when it is closed nevertheless
    :param pauses: ``[[from, to]]``, when the clock stands still
    :return: naive UTC in whole seconds; None: there is not so much working time in the next five years
    :raises BadInput:
    """
    working = WorkingTime(
        _zone(tz),
        None if attendances is None else tuple(_attendances(attendances)),
        tuple(merged(_spans("leaves", leaves))),
    )
    stood_still = merged(_spans("pauses", pauses))
    return reached_at(
        whole(_moment("start", start)),
        60 * _minutes(target_minutes),
        working,
        stood_still,
    )


def _minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput("target_minutes", "a whole number of minutes is needed")
    if not 0 < value <= MOST_MINUTES:
        raise BadInput("target_minutes", f"from 1 to {MOST_MINUTES} minutes")
    return value


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in pytz.all_timezones_set:
        raise BadInput("tz", f"there is no time zone {str(value)[:50]!r}")
    return value


def _rows(argument: str, value: Any, size: int) -> list[list[Any]]:
    if not isinstance(value, (list, tuple)):
        raise BadInput(argument, "a list is needed")
    if len(value) > MOST_ROWS:
        raise BadInput(argument, f"at most {MOST_ROWS} rows")
    for number, row in enumerate(value, 1):
        if not isinstance(row, (list, tuple)) or len(row) != size:
            raise BadInput(argument, f"row {number} needs {size} values")
    return [list(row) for row in value]


def _attendances(value: Any) -> Iterator[Attendance]:
    for number, (weekday, begin, end) in enumerate(_rows("attendances", value, 3), 1):
        if isinstance(weekday, bool) or not isinstance(weekday, int):
            raise BadInput("attendances", f"row {number}: the weekday is a number")
        if not 0 <= weekday <= 6:
            raise BadInput("attendances", f"row {number}: weekdays go from 0 to 6")
        yield from _day(weekday, _time(begin, number), _time(end, number), number)


def _day(weekday: int, begin: int, end: int, number: int) -> Iterator[Attendance]:
    if begin == end:
        raise BadInput("attendances", f"row {number} has no time between its ends")
    if begin < end:
        yield Attendance(weekday, begin, end)
        return
    if begin < DAY_SECONDS:
        yield Attendance(weekday, begin, DAY_SECONDS)
    if end:
        yield Attendance((weekday + 1) % 7, 0, end)


def _time(value: Any, number: int) -> int:
    found = TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise BadInput("attendances", f"row {number}: a time is HH:MM, up to 24:00")
    hours, minutes = value.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _spans(argument: str, value: Any) -> Iterator[Span]:
    for number, (begin, end) in enumerate(_rows(argument, value or (), 2), 1):
        span = _moment(argument, begin), _moment(argument, end)
        if span[0] > span[1]:
            raise BadInput(argument, f"row {number} ends before it begins")
        yield span


def _moment(argument: str, value: Any) -> datetime:
    if not isinstance(value, str):
        raise BadInput(argument, "a time is ISO 8601, such as 2026-03-02T09:00:00Z")
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", value))
    except ValueError as error:
        raise BadInput(argument, f"{value[:50]!r} is no time of ISO 8601") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(argument, f"years from {FIRST_YEAR} to {LAST_YEAR}")
    if moment.tzinfo:
        moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return moment
