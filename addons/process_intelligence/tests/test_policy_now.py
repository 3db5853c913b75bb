import random
import unittest
from datetime import date, timedelta
from statistics import median

from odoo.addons.process_intelligence.policies import now


class TestNowPolicy(unittest.TestCase):
    def test_the_error_is_that_of_leaving_each_one_out(self):
        draw = random.Random(1)
        for count in range(2, 40):
            values = sorted(draw.choice([0, 1, 5, 5, 90, 1e6]) for _n in range(count))
            slow = [
                abs(value - median(values[:n] + values[n + 1 :]))
                for n, value in enumerate(values)
            ]
            self.assertAlmostEqual(now.left_out_error(values), sum(slow) / count)
        self.assertIsNone(now.left_out_error([3.0]))
        self.assertIsNone(now.left_out_error([]))

    def test_few_cases_of_the_same_length_ask_all_lengths(self):
        rows = [
            now.After(1, 2, 7, [10.0] * 10),
            now.After(1, 3, 8, [90.0] * 9),
            now.After(1, 3, 7, [0.0] * 0),
        ]
        history = now.History(rows)
        same = history.outlook(1, 2)
        self.assertEqual((same.cases, same.same_length), (10, True))
        self.assertEqual((same.next_activity, same.probability), (7, 1.0))
        wider = history.outlook(1, 3)
        self.assertEqual((wider.cases, wider.same_length), (19, False))
        self.assertEqual((wider.low, wider.high), (10.0, 90.0))
        self.assertEqual(history.outlook(1, 99), wider)
        self.assertIsNone(history.outlook(2, 1))

    def test_surges_count_silent_days(self):
        start = date(2026, 1, 1)
        calm = [(start + timedelta(days=n), 10 + n % 3) for n in range(30)]
        self.assertEqual(now.surges(calm, 3.5), [])
        [surge] = now.surges([*calm, (start + timedelta(days=30), 40)], 3.5)
        self.assertEqual((surge.count, surge.usual), (40, 11))
        self.assertEqual(now.surges([], 3.5), [])
        self.assertEqual(now.surges([(start, 5)], 3.5), [])
        # most days are silent: the MAD is 0
        rare = [(start, 1), (start + timedelta(days=99), 30)]
        self.assertEqual([s.count for s in now.surges(rare, 3.5)], [30])

    def test_a_day_with_a_case_is_no_surge_where_most_are_silent(self):
        start = date(2026, 1, 1)
        sparse = [(start + timedelta(days=7 * n), 1 + n % 2) for n in range(40)]
        self.assertEqual(now.surges(sparse, 3.5), [])
        [surge] = now.surges([*sparse, (start + timedelta(days=3), 12)], 3.5)
        self.assertEqual((surge.day, surge.count), (start + timedelta(days=3), 12))
        self.assertAlmostEqual(surge.usual, 60 / 273)

    def test_one_more_than_always_is_no_surge(self):
        start = date(2026, 1, 1)
        even = [(start + timedelta(days=n), 10) for n in range(30)]
        self.assertEqual(now.surges([*even[:-1], (even[-1][0], 11)], 3.5), [])
        self.assertEqual(len(now.surges([*even[:-1], (even[-1][0], 40)], 3.5)), 1)
