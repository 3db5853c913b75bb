"""When a calendar is open, as instants.

A weekly attendance is said in wall-clock time of a zone. An instant is open if the wall clock then shows a time of
an attendance. So an hour that summer time skips is never worked, and one that it repeats is worked twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import chain

import pytz

from .spans import Span, merged, within, without

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
DAY_SECONDS = 86_400
PROBE = timedelta(hours=6)  # two changes of a zone's offset are never nearer
SECOND = timedelta(seconds=1)
MONDAY = datetime(1, 1, 1)  # weeks are worked out once, from Monday midnight UTC
KEPT_WEEKS = 600
# Working time is looked for this far ahead. Beyond, a deadline is no promise anybody made.
HORIZON = timedelta(days=366 * 5)


@dataclass(frozen=True, order=True)
class Attendance:
    """Open from ``begin`` to ``end``, seconds of the local day.

    :param weekday: 0 = Monday
    :param end: at most 86,400; an attendance over midnight is two
    :param parity: 0 or 1: only in weeks of this parity (weeks since 1 January of year 1); None: in every week
    """

    weekday: int
    begin: int
    end: int
    parity: int | None = None


@dataclass(frozen=True)
class WorkingTime:
    """The hours in which a clock runs.

    :param attendances: None: always open
    :param leaves: when it is closed nevertheless; merged
    """

    tz: str = "UTC"
    attendances: tuple[Attendance, ...] | None = None
    leaves: tuple[Span, ...] = ()
    _weeks: dict[datetime, tuple[Span, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_ever_open(self) -> bool:
        return self.attendances is None or bool(self.attendances)

    def spans(self, start: datetime, end: datetime | None = None) -> Iterator[Span]:
        """When it is open, in order.

        :param end: by default as far as working time is looked for
        """
        bounds = (start, end or start + HORIZON)
        if self.attendances is None:
            weekly: Iterator[Span] = iter((bounds,))
        elif self.attendances:
            weekly = within(self._weekly(*bounds), bounds)
        else:
            return iter(())
        return without(weekly, list(self.leaves))

    def _weekly(self, start: datetime, end: datetime) -> Iterator[Span]:
        # A week at a time: a deadline is mostly near, and whoever asks stops there.
        monday = start - (start - MONDAY) % WEEK
        while monday < end:
            yield from self._week(monday)
            monday += WEEK

    def _week(self, monday: datetime) -> tuple[Span, ...]:
        """:return: when it is open in this week, leaves or not"""
        if monday not in self._weeks:
            if len(self._weeks) >= KEPT_WEEKS:
                self._weeks.clear()
            self._weeks[monday] = tuple(merged(self._of_week(monday, monday + WEEK)))
        return self._weeks[monday]

    def _of_week(self, start: datetime, end: datetime) -> Iterator[Span]:
        for begin, stop, offset in offsets(self.tz, start, end):
            local = within(
                merged(self._local(begin + offset, stop + offset)),
                (begin + offset, stop + offset),
            )
            yield from ((one - offset, other - offset) for one, other in local)

    def _local(self, start: datetime, end: datetime) -> Iterator[Span]:
        """:return: attendances of the local days from ``start`` to ``end``, as local times"""
        days = (end.date() - start.date()).days
        by_weekday = _by_weekday(self.attendances or ())
        for day in (start.date() + DAY * number for number in range(days + 1)):
            midnight = datetime(day.year, day.month, day.day)
            for attendance in by_weekday.get(day.weekday(), ()):
                if attendance.parity in (None, week_parity(day)):
                    yield (
                        midnight + timedelta(seconds=attendance.begin),
                        midnight + timedelta(seconds=attendance.end),
                    )

    def to_json(self) -> dict[str, object]:
        """:return: all of it as plain values; equal calendars give equal values"""
        return {
            "tz": self.tz,
            "attendances": None
            if self.attendances is None
            else [
                [a.weekday, a.begin, a.end, a.parity]
                for a in sorted(
                    self.attendances,
                    key=lambda a: (a.weekday, a.begin, a.end, a.parity or 0),
                )
            ],
            "leaves": [
                [begin.isoformat(), end.isoformat()] for begin, end in self.leaves
            ],
        }

    def digest(self) -> str:
        """:return: SHA-256 (hex) of ``to_json``"""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    @classmethod
    def from_json(cls, values: dict[str, object]) -> WorkingTime:
        """The other way round of ``to_json``."""
        attendances, leaves = values["attendances"], values["leaves"]
        assert attendances is None or isinstance(attendances, list)
        assert isinstance(leaves, list)
        return cls(
            str(values["tz"]),
            None
            if attendances is None
            else tuple(Attendance(*one) for one in attendances),
            tuple(
                (datetime.fromisoformat(begin), datetime.fromisoformat(end))
                for begin, end in leaves
            ),
        )


ALWAYS = WorkingTime()


def _by_weekday(
    attendances: Sequence[Attendance],
) -> dict[int, list[Attendance]]:
    found: dict[int, list[Attendance]] = {}
    for attendance in attendances:
        found.setdefault(attendance.weekday, []).append(attendance)
    return found


def week_parity(day: date) -> int:
    """:return: 0 or 1, never the same for two weeks in a row, whatever number a year gives them

    The same as Odoo's ``resource.calendar.attendance.get_week_type``.
    """
    return (day.toordinal() - 1) // 7 % 2


def offsets(
    tz: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time from ``start`` to ``end`` cut where the zone's distance from UTC changes.

    :return: (from, to, local time minus UTC)
    """
    changes = chain.from_iterable(
        changes_of_year(tz, year) for year in range(start.year, end.year + 1)
    )
    begin = start
    for change in (moment for moment in changes if start < moment < end):
        yield begin, change, offset_at(tz, begin)
        begin = change
    if begin < end:
        yield begin, end, offset_at(tz, begin)


def offset_at(tz: str, moment: datetime) -> timedelta:
    """:return: what the wall clock of the zone shows, minus UTC"""
    local = pytz.utc.localize(moment).astimezone(pytz.timezone(tz))
    return local.utcoffset() or timedelta()


@lru_cache(maxsize=4096)
def changes_of_year(tz: str, year: int) -> tuple[datetime, ...]:
    """:return: the instants of this UTC year at which the zone's distance from UTC changes"""
    found = []
    moment = datetime(year, 1, 1)
    last = datetime(year + 1, 1, 1)
    while moment < last:
        later = min(moment + PROBE, last)
        if offset_at(tz, moment) != offset_at(tz, later):
            found.append(_change_between(tz, moment, later))
        moment = later
    return tuple(found)


def _change_between(tz: str, before: datetime, after: datetime) -> datetime:
    """:return: the first second with the distance that ``after`` has"""
    old = offset_at(tz, before)
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if offset_at(tz, middle) == old:
            before = middle
        else:
            after = middle
    return after
