import math
import random
import unittest
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies import significance as s
from odoo.addons.process_intelligence.policies.significance import Ranks, Share

from . import oracle_compare as slow

_share = st.integers(1, 40).flatmap(
    lambda n: st.integers(0, n).map(lambda k: Share(k, n))
)
_seconds = st.lists(st.integers(0, 6), min_size=1, max_size=15)


class TestSignificance(unittest.TestCase):
    def test_fisher_is_as_published(self):
        # the lady tasting tea (Fisher, 1935), and a table of many textbooks
        self.assertAlmostEqual(s.fisher_exact(Share(3, 4), Share(1, 4)), 34 / 70, 12)
        self.assertAlmostEqual(
            s.fisher_exact(Share(8, 10), Share(1, 6)), 0.0349650350, 9
        )
        self.assertEqual(s.fisher_exact(Share(0, 4), Share(0, 9)), 1.0)

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(_share, _share)
    def test_fisher_is_the_sum_over_all_tables(self, one, two):
        self.assertAlmostEqual(s.fisher_exact(one, two), slow.fisher(one, two), 9)
        self.assertAlmostEqual(s.fisher_exact(one, two), s.fisher_exact(two, one), 9)

    def test_one_table_is_hypergeometric(self):
        found = s.hypergeometric(3, 4, 4, 4)
        self.assertAlmostEqual(found, float(Fraction(16, 70)), 12)

    def test_large_shares_take_the_z_test_and_agree_with_the_exact_one(self):
        one, two = Share(1_600, 4_000), Share(1_500, 4_000)
        self.assertAlmostEqual(s.shares_differ(one, two), slow.z_test(one, two), 12)
        self.assertAlmostEqual(s.fisher_exact(one, two), s.shares_differ(one, two), 2)
        # rare: however large the groups are, the normal curve is no answer
        rare = Share(4, 1_000_000), Share(0, 1_000_000)
        self.assertAlmostEqual(s.shares_differ(*rare), 0.125, 3)

    def test_extreme_tables_stay_numbers(self):
        p = s.fisher_exact(Share(900, 900), Share(0, 1_000_000))
        self.assertTrue(0 <= p < 1e-100)
        self.assertTrue(
            0 <= s.shares_differ(Share(5000, 5000), Share(0, 90_000)) < 1e-9
        )

    def test_the_rank_test_is_as_published(self):
        # ages of 5 men and 4 women at diagnosis: U = 17, p 0.1113 with continuity correction
        men, women = [19, 22, 16, 29, 24], [20, 11, 17, 12]
        ranks = slow.ranks(men, women)
        self.assertEqual(ranks.u, 17)
        self.assertAlmostEqual(s.durations_differ(ranks), 0.11134688653314041, 12)
        self.assertAlmostEqual(s.rank_biserial(ranks), 2 * 17 / 20 - 1)

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(_seconds, _seconds)
    def test_ranks_count_pairs(self, one, two):
        ranks = slow.ranks(one, two)
        larger = sum((a > b) + (a == b) / 2 for a in one for b in two)
        self.assertEqual(ranks.u, larger)
        self.assertAlmostEqual(
            s.rank_biserial(ranks), 2 * larger / (len(one) * len(two)) - 1
        )
        self.assertAlmostEqual(s.durations_differ(ranks), slow.rank_test(one, two), 9)

    def test_ranks_of_nothing_and_of_one_value(self):
        self.assertEqual(s.durations_differ(Ranks(0, 3, 0, 0)), 1.0)
        self.assertEqual(s.durations_differ(slow.ranks([1, 1], [1, 1, 1])), 1.0)
        self.assertEqual(s.rank_biserial(Ranks(0, 3, 0, 0)), 0.0)

    def test_score_intervals_are_as_published(self):
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I
        for hits, cases, low, high in (
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ):
            found = s.wilson(Share(hits, cases))
            self.assertEqual((round(found.low, 4), round(found.high, 4)), (low, high))
        self.assertEqual(s.wilson(Share(0, 0)), (0.0, 1.0))
        self.assertEqual(s.wilson(Share(5, 5)).high, 1.0)

    def test_intervals_of_differences_are_as_published(self):
        # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10
        for one, two, low, high in (
            (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
            (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
            (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
            (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
            (Share(10, 10), Share(0, 10), 0.6075, 1.0),
        ):
            found = s.newcombe(one, two)
            self.assertEqual((round(found.low, 4), round(found.high, 4)), (low, high))

    def test_effects_are_cohens(self):
        self.assertAlmostEqual(s.cohens_h(Share(1, 2), Share(1, 4)), math.pi / 6)
        self.assertAlmostEqual(s.cohens_h(Share(1, 1), Share(0, 9)), math.pi)
        self.assertEqual(s.cohens_h(Share(2, 4), Share(1, 2)), 0.0)

    def test_many_tests_are_adjusted_as_published(self):
        # Benjamini and Hochberg (1995), section 3.2: four of the fifteen are found at 0.05
        ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
        ps += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
        self.assertEqual(sum(p < 0.05 for p in s.adjusted(ps)), 4)
        self.assertAlmostEqual(s.adjusted(ps)[3], 0.0095 * 15 / 4)
        self.assertEqual(s.adjusted([]), [])

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.floats(0, 1), max_size=20))
    def test_adjusted_is_the_step_up_procedure(self, ps):
        found = s.adjusted(ps)
        for value, expected in zip(found, slow.step_up(ps), strict=True):
            self.assertAlmostEqual(value, expected, 12)
        self.assertTrue(
            all(a >= p * (1 - 1e-12) for a, p in zip(found, ps, strict=True))
        )

    def test_tests_of_no_difference_find_few(self):
        draw, found = random.Random(7), 0
        for _round in range(400):
            one = Share(sum(draw.random() < 0.3 for _n in range(120)), 120)
            two = Share(sum(draw.random() < 0.3 for _n in range(80)), 80)
            found += s.shares_differ(one, two) < s.LEVEL
        self.assertLessEqual(found, 400 * s.LEVEL)
