import unittest

from odoo.addons.process_intelligence.policies import work


class TestWorkPolicy(unittest.TestCase):
    def test_shares_of_nothing(self):
        self.assertEqual(work.share(0, 0), 0.0)
        self.assertIs(work.rate(0, 0), False)
        self.assertEqual(work.rate(0, 3), 0.0)
        self.assertEqual(work.share(1, 3), 0.333333)
        self.assertIs(work.rounded(None), False)
        self.assertEqual(work.rounded(0.12345678), 0.123457)

    def test_returns_are_repeats_that_are_no_loops(self):
        total = work.Again(None, 2, 5, 2, 1, 2, 90.0, None)
        a = work.Again("a", 1, 1, 1, 1, 0, 30.0, None)
        b = work.Again("b", 2, 4, 1, 1, 2, 60.0, 7.0)
        answer = work.rework(total, [a, b], cases=4, finished=3, clean=1)
        self.assertEqual((answer["returns"], answer["share"]), (3, 0.5))
        self.assertEqual(answer["first_pass_yield"], 0.333333)
        self.assertEqual([x["name"] for x in answer["activities"]], ["b", "a"])
        self.assertIs(answer["activities"][1]["business_seconds"], False)
        self.assertEqual(answer["activities"][0]["business_seconds"], 7.0)

    def test_bottlenecks_rank_by_lost_time_and_share_it_out(self):
        answer = work.bottlenecks(
            [
                work.Lost("a", "b", 3, 3, 10.0, 25.0, None, None),
                work.Lost("b", "c", 3, 2, 1.0, 75.0, 1.0, 5.0),
            ]
        )
        self.assertEqual([m["share"] for m in answer["moves"]], [0.75, 0.25])
        self.assertEqual([m["business_share"] for m in answer["moves"]], [1.0, False])
        self.assertEqual(answer["business_lost_seconds"], 5.0)
        self.assertIs(work.bottlenecks([])["business_lost_seconds"], False)

    def test_automation_leaves_the_unknown_apart(self):
        answer = work.automation([work.Hands("a", 1, 3, 6), work.Hands("b", 0, 0, 20)])
        self.assertEqual((answer["steps"], answer["rate"]), (30, 0.75))
        self.assertEqual([x["name"] for x in answer["activities"]], ["b", "a"])
        self.assertIs(answer["activities"][0]["rate"], False)

    def test_cost_is_steps_and_hours(self):
        answer = work.cost(
            [work.Spent("a", 2, 1800.0, 3.0, 10.0), work.Spent("b", 4, 0.0, 0.0, 0.0)],
            2,
        )
        self.assertEqual((answer["total"], answer["per_case"]), (11.0, 5.5))
        self.assertEqual([x["share"] for x in answer["activities"]], [1.0, 0.0])
        self.assertIs(work.cost([], 0)["per_case"], False)
