from datetime import datetime, timedelta, timezone
from unittest import TestCase
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.quiet.hours import (
    LONGEST,
    NEVER,
    daily,
    is_endless,
    loud_at,
    next_quiet,
    outside,
)
from odoo.addons.support_visibility.policies.sla.working_time import (
    ALWAYS,
    Attendance,
    WorkingTime,
)

NOON = datetime(2026, 3, 2, 12)  # a Monday
MINUTE = timedelta(minutes=1)
HOUR = 3600
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
]
zones = st.sampled_from(ZONES)
minutes = st.integers(0, 24 * 60 - 1)
weekdays = st.sets(st.integers(0, 6), min_size=1)
# Around the changes of the clocks, and at any other time.
moments = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.datetimes(datetime(2026, 3, 7), datetime(2026, 4, 6)),
    st.datetimes(datetime(2026, 9, 26), datetime(2026, 11, 2)),
    st.datetimes(datetime(2011, 12, 28), datetime(2012, 1, 2)),  # Apia skips a day
).map(lambda at: at.replace(second=0, microsecond=0))


def shows_quiet(at, begin, end, tz, days):
    """The independent model: what does the wall clock show at this minute?"""
    local = at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz))
    minute, day = local.hour * 60 + local.minute, local.weekday()
    if begin < end:
        return day in days and begin <= minute < end
    if begin == end:
        return False
    return (day in days and minute >= begin) or ((day - 1) % 7 in days and minute < end)


def shows_open(at, lines, tz):
    local = at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(tz))
    minute = local.hour * 60 + local.minute
    return any(
        local.weekday() == day and begin <= minute < end for day, begin, end in lines
    )


class TestQuietHours(TestCase):
    def test_over_midnight_in_the_zone_of_the_person(self):
        quiet = daily(22, 7, "Asia/Kathmandu")  # UTC + 5:45
        self.assertEqual(loud_at(quiet, NOON), NOON)
        at_dawn = datetime(2026, 3, 3, 1, 15)
        self.assertEqual(loud_at(quiet, datetime(2026, 3, 2, 17)), at_dawn)
        self.assertEqual(loud_at(quiet, datetime(2026, 3, 2, 22)), at_dawn)
        self.assertEqual(next_quiet(quiet, NOON), datetime(2026, 3, 2, 16, 15))

    def test_within_a_day(self):
        quiet = daily(11.5, 13.25, "UTC")
        self.assertEqual(loud_at(quiet, NOON), datetime(2026, 3, 2, 13, 15))
        late = datetime(2026, 3, 2, 13, 15)
        self.assertEqual(loud_at(quiet, late), late)

    def test_no_hours_and_no_such_zone(self):
        self.assertEqual(loud_at(NEVER, NOON), NOON)
        self.assertIsNone(next_quiet(NEVER, NOON))
        self.assertEqual(loud_at(daily(8, 8, "Nowhere/Else"), NOON), NOON)
        self.assertGreater(loud_at(daily(8, 14, "Nowhere/Else"), NOON), NOON)
        self.assertEqual(loud_at(daily(11, 14, ""), NOON), NOON + 120 * MINUTE)

    def test_a_night_belongs_to_the_day_it_begins_on(self):
        friday = datetime(2026, 3, 6)
        quiet = daily(20, 8, "UTC", [4])
        self.assertEqual(
            loud_at(quiet, friday + timedelta(hours=3)), friday + timedelta(hours=3)
        )
        for hours in (20, 23, 27, 31):
            self.assertEqual(
                loud_at(quiet, friday + timedelta(hours=hours)),
                friday + timedelta(hours=32),
            )

    def test_whole_days_follow_on_each_other(self):
        quiet = daily(0, 24, "Europe/Berlin", [5, 6])
        saturday = datetime(2026, 3, 28, 10)  # the clocks change in this night
        self.assertEqual(loud_at(quiet, saturday), datetime(2026, 3, 29, 22))

    def test_outside_working_hours(self):
        office = WorkingTime(
            "Europe/Berlin",
            tuple(Attendance(day, 8 * HOUR, 17 * HOUR) for day in range(5)),
            ((datetime(2026, 3, 9), datetime(2026, 3, 10)),),  # a closing day
        )
        quiet = outside(office)
        friday_evening = datetime(2026, 3, 6, 18)
        self.assertEqual(loud_at(quiet, friday_evening), datetime(2026, 3, 10, 7))
        self.assertEqual(loud_at(quiet, NOON), NOON)
        self.assertEqual(next_quiet(quiet, NOON), datetime(2026, 3, 2, 16))

    def test_what_would_never_end_keeps_nothing_back(self):
        for quiet in (
            outside(WorkingTime(attendances=())),
            daily(0, 24, "UTC"),
            outside(WorkingTime(leaves=((NOON, NOON + LONGEST * 2),))),
        ):
            self.assertTrue(is_endless(quiet, NOON))
            self.assertEqual(loud_at(quiet, NOON), NOON)
            self.assertIsNone(next_quiet(quiet, NOON))
        for quiet in (outside(ALWAYS), NEVER, daily(0, 23.5, "UTC")):
            self.assertFalse(is_endless(quiet, NOON))

    @settings(max_examples=300, deadline=None)
    @given(minutes, minutes, moments, zones, weekdays)
    def test_as_the_wall_clock_shows(self, begin, end, at, tz, days):
        quiet = daily(begin / 60, end / 60, tz, days)
        loud = loud_at(quiet, at)
        self._check(at, loud, lambda t: shows_quiet(t, begin, end, tz, days))

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 6), minutes, minutes), min_size=1, max_size=6
        ),
        moments,
        zones,
    )
    def test_outside_as_the_wall_clock_shows(self, lines, at, tz):
        lines = [(day, min(one, two), max(one, two) + 1) for day, one, two in lines]
        office = WorkingTime(
            tz, tuple(Attendance(day, b * 60, e * 60) for day, b, e in lines)
        )
        loud = loud_at(outside(office), at)
        self._check(at, loud, lambda t: not shows_open(t, lines, tz))

    def _check(self, at, loud, is_quiet):
        """Every minute before ``loud`` is quiet, and that one is not."""
        self.assertLess(loud - at, timedelta(days=16))
        moment = at
        while moment < loud:
            self.assertTrue(is_quiet(moment), moment)
            moment += MINUTE
        self.assertFalse(is_quiet(loud), loud)
