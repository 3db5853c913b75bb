import unittest

from odoo.addons.process_intelligence.policies import flow

SPREAD = flow.Spread(30.0, 5.0, 15.0, (10.0, 14.0, 14.5))


class TestFlow(unittest.TestCase):
    def test_a_map_adds_up_what_leaves_an_activity(self):
        answer = flow.process_map(
            [
                flow.Row("Open", "Ask", 3, 2, (1.0, 2.0)),
                flow.Row("Open", None, 1, 1, ()),
                flow.Row("Ask", None, 3, 0, ()),
            ]
        )
        self.assertEqual(
            answer["activities"],
            [
                {"name": "Open", "count": 4, "start": 3, "end": 1},
                {"name": "Ask", "count": 3, "start": 0, "end": 3},
            ],
        )
        self.assertEqual((answer["cases"], answer["events"]), (3, 7))

    def test_nothing_counted_is_an_empty_map(self):
        empty = {"activities": [], "transitions": [], "cases": 0, "events": 0}
        self.assertEqual(flow.process_map([]), empty)
        self.assertEqual(flow.statistics([]), empty)

    def test_a_case_counts_once_however_often_it_comes(self):
        answer = flow.statistics(
            [
                flow.Counted("Open", "Open", 3, 1, 1, 3, 1, 3, SPREAD, None),
                flow.Counted("Open", None, 1, 0, 0, 4, 1, 1, None, None),
            ]
        )
        [activity] = answer["activities"]
        self.assertEqual(
            (activity["count"], activity["cases"], activity["max_repetition"]),
            (4, 1, 4),
        )

    def test_mean_is_the_sum_over_the_count_and_no_calendar_says_no_business_time(self):
        counted = flow.Counted("Open", "Ask", 4, 4, 4, 1, 4, 1, SPREAD, None)
        [move] = flow.statistics([counted])["transitions"]
        self.assertEqual(
            move["seconds"],
            {
                "mean": 7.5,
                "median": 10.0,
                "p90": 14.0,
                "p95": 14.5,
                "min": 5.0,
                "max": 15.0,
                "sum": 30.0,
            },
        )
        self.assertIs(move["business_seconds"], False)
