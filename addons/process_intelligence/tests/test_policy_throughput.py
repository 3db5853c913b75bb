import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies.throughput import MAX_BINS, edges

_seconds = st.floats(0, 1e9, allow_nan=False)


class TestThroughputBins(unittest.TestCase):
    @given(st.lists(_seconds, min_size=4, max_size=4), st.integers(1, 1_000_000))
    def test_bins_rise_are_few_and_begin_at_or_below_the_shortest(self, values, count):
        low, lower, upper, high = sorted(values)
        found = edges(count, low, high, lower, upper)
        self.assertEqual(found, sorted(set(found)))
        self.assertLessEqual(found[0], low)
        self.assertLessEqual(len(found), MAX_BINS)

    def test_no_case_has_no_bin(self):
        self.assertEqual(edges(0, 0.0, 0.0, 0.0, 0.0), [])

    def test_cases_that_all_took_the_same_share_one_bin(self):
        self.assertEqual(edges(9, 0.0, 0.0, 0.0, 0.0), [0])
        self.assertEqual(edges(9, 90.0, 90.0, 90.0, 90.0), [90])

    def test_one_endless_case_leaves_the_others_apart(self):
        day = 86_400
        found = edges(1_000, 0.0, 4_000 * day, 1.0 * day, 3.0 * day)
        self.assertLessEqual(found[-1], 9 * day)
        self.assertGreaterEqual(len(found), 6)

    def test_widths_are_those_people_count_in(self):
        found = edges(100, 0.0, 40_000.0, 9_000.0, 20_000.0)
        self.assertEqual(found[1] - found[0], 7_200)
