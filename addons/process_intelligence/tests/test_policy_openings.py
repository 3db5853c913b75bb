import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies.openings import added_up, reading

START = datetime(2026, 1, 1)
_minutes = st.integers(0, 300)


def at(minutes):
    return START + timedelta(minutes=minutes)


class TestOpenings(unittest.TestCase):
    def test_what_touches_or_overlaps_is_one_opening_and_nothing_is_none(self):
        found = added_up(
            [(at(0), at(5)), (at(5), at(8)), (at(7), at(7)), (at(20), at(30))]
        )
        self.assertEqual(found, [(at(0), at(8), 0.0), (at(20), at(30), 480.0)])
        self.assertEqual(added_up([]), [])
        self.assertEqual(reading([], at(3)), 0.0)

    @given(st.lists(st.tuples(_minutes, _minutes)), _minutes, _minutes)
    def test_a_difference_of_readings_is_the_open_time_counted_by_minutes(
        self, spans, one, two
    ):
        intervals = sorted((at(min(span)), at(max(span))) for span in spans)
        openings = added_up(intervals)
        low, high = min(one, two), max(one, two)
        counted = sum(
            any(start <= at(minute) < end for start, end in intervals)
            for minute in range(low, high)
        )
        self.assertEqual(
            reading(openings, at(high)) - reading(openings, at(low)), 60.0 * counted
        )
