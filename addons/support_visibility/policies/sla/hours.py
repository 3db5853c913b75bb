"""Odoo's working hours as a ``WorkingTime``: plain rows in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from .clock import whole
from .spans import merged
from .working_time import DAY_SECONDS, Attendance, WorkingTime

_MINUTE = timedelta(minutes=1)


class Line(NamedTuple):
    """A line of a working schedule; hours as Odoo keeps them, 9.5 for half past nine."""

    weekday: int
    hour_from: float
    hour_to: float
    week_type: str | None  # "0", "1"; None: every week


def working_time(
    tz: str,
    lines: Iterable[Line],
    leaves: Iterable[tuple[datetime, datetime]],
) -> WorkingTime:
    """:param leaves: naive UTC; the last second of a day as its end means until midnight"""
    attendances = (
        Attendance(
            line.weekday,
            _seconds(line.hour_from),
            _seconds(line.hour_to),
            int(line.week_type) if line.week_type else None,
        )
        for line in lines
    )
    return WorkingTime(
        tz,
        tuple(sorted((a for a in attendances if a.begin < a.end), key=_order)),
        tuple(merged((whole(begin), _end(end)) for begin, end in leaves)),
    )


def _seconds(hour: float) -> int:
    return min(max(round(hour * 60) * 60, 0), DAY_SECONDS)


def _end(moment: datetime) -> datetime:
    # People (and Odoo's forms) write 23:59:59 for "the whole day".
    moment = whole(moment)
    return moment if moment.second != 59 else moment.replace(second=0) + _MINUTE


def _order(attendance: Attendance) -> tuple[int, int, int, int]:
    return (
        attendance.weekday,
        attendance.begin,
        attendance.end,
        -1 if attendance.parity is None else attendance.parity,
    )
