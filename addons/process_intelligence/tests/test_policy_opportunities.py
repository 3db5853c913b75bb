import unittest
from math import log

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies import opportunities as policy
from odoo.addons.process_intelligence.policies.opportunities import Spread, Work

from .oracle_opportunities import evenness


def spread(*counts):
    weighted = sum(n * log(n) for n in counts)
    return Spread(len(counts), sum(counts), weighted, max(counts))


ALWAYS = spread(10)


class TestOpportunitiesPolicy(unittest.TestCase):
    def test_evenness_has_its_ends(self):
        self.assertEqual(spread(7).evenness, 0.0)
        self.assertAlmostEqual(spread(5, 5, 5).evenness, 1.0)
        self.assertAlmostEqual(
            spread(9, 1).evenness, 0.4689955936
        )  # bits of a 9:1 coin

    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.integers(1, 50), min_size=1, max_size=9))
    def test_evenness_is_that_of_the_shares(self, counts):
        self.assertAlmostEqual(spread(*counts).evenness, evenness(counts), 9)

    def test_what_was_done_a_few_times_shows_no_routine(self):
        for times, listed in ((1, 0), (4, 0), (5, 1)):
            same = spread(times)
            work = Work("w", same, same, "b", 60.0, 60.0, 60.0, 60.0, [])
            self.assertEqual(policy.ranked([work], 9)["total"], listed)

    def test_volume_time_and_regularity_make_the_rank(self):
        steady = Work(
            "steady", ALWAYS, ALWAYS, "b", 36000.0, 3600.0, 3600.0, 3600.0, []
        )
        loose = Work(
            "loose", spread(5, 5), spread(5, 5), "b", 36000.0, 0.0, 3600.0, 7200.0, []
        )
        first = Work("first", ALWAYS, ALWAYS, "b", None, None, None, None, [])
        answer = policy.ranked([loose, steady, first], 5)
        self.assertEqual(
            [
                (r["activity"], r["regularity"], r["score"])
                for r in answer["opportunities"]
            ],
            [("steady", 1.0, 10.0), ("loose", 0.0, 0.0)],
        )
        self.assertEqual(answer["total"], 2)
        self.assertEqual(len(policy.ranked([loose, steady], 1)["opportunities"]), 1)
        self.assertEqual(policy.dispersion(0.0, 0.0), 0.0)
