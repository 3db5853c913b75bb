import unittest
from datetime import datetime

from odoo.addons.process_intelligence.policies import rules


class TestRulesPolicy(unittest.TestCase):
    def needs(self, kind, **given):
        facts = {
            **dict.fromkeys(("first", "second"), None),
            **{"times": 0, "within": 0, "resources": ()},
            **given,
        }
        return rules.missing(kind, **facts)

    def test_each_kind_says_what_it_needs(self):
        for kind in rules.KINDS:
            wanted = [] if kind == "norm" else ["activity_id"]
            wanted += ["other_activity_id"] if kind in rules.TWO else []
            wanted += ["times"] if kind in rules.COUNTED else []
            wanted += ["within_seconds"] if kind == "within" else []
            wanted += ["resources"] if kind == "allowed" else []
            with self.subTest(kind):
                self.assertEqual(self.needs(kind), wanted)
                whole = {"first": 1, "second": 2, "times": 1, "within": 1}
                self.assertFalse(self.needs(kind, **whole, resources=("ann",)))

    def test_names_are_one_a_line_and_each_once(self):
        self.assertEqual(rules.lines(" ann \n\nbob\nann"), ("ann", "bob"))
        self.assertEqual(rules.lines(None), ())

    def test_figures_add_up_and_a_rule_without_cases_has_no_share(self):
        months = [
            rules.Month(datetime(2026, 4, 1), 3, 2, 1, 1, 0),
            rules.Month(datetime(2026, 3, 1), 5, 2, 0, 0, 1),
        ]
        told = rules.figures(months)
        self.assertEqual(
            (told["cases"], told["applies"], told["violated"], told["ok_share"]),
            (8, 4, 1, 0.75),
        )
        self.assertEqual(
            [(month["month"], month["ok_share"]) for month in told["trend"]],
            [("2026-03", 1.0), ("2026-04", 0.5)],
        )
        self.assertEqual(rules.figures([])["ok_share"], False)
        self.assertEqual(rules.figures([])["cases"], 0)

    def test_usual_ways_are_as_few_as_hold_the_share(self):
        ways = [rules.Way("ab", 6), rules.Way("ac", 3), rules.Way("b", 1)]
        for coverage, kept in ((0.1, 1), (0.6, 1), (0.61, 2), (0.9, 2), (1, 3)):
            self.assertEqual(len(rules.usual_ways(ways, 10, coverage)), kept)

    def test_a_frozen_norm_is_the_moves_of_its_ways(self):
        norm = rules.frozen([rules.Way("aab", 6), rules.Way("c", 3)], 0.8)
        self.assertEqual(
            norm,
            {
                "coverage": 0.8,
                "starts": ["a", "c"],
                "ends": ["b", "c"],
                "moves": [["a", "a"], ["a", "b"]],
            },
        )

    def test_only_what_a_kind_asks_about_says_something_in_it(self):
        self.assertEqual(
            {kind: rules.asked(kind) for kind in ("absence", "norm")},
            {"absence": ("activity_id",), "norm": ("norm",)},
        )
        for kind in rules.KINDS:
            asked = rules.asked(kind)
            lacking = rules.missing(
                kind, first=None, second=None, times=0, within=0, resources=()
            )
            self.assertLessEqual(set(lacking), set(asked))
            self.assertLessEqual(set(asked) - {"clock", "norm"}, set(lacking))

    def test_drift_is_told_as_chance_or_not(self):
        Period = rules.Period
        much = rules.drift(Period(100, 40), Period(300, 30))
        self.assertEqual((round(much["points"]), much["significant"]), (30, True))
        for recent, before, points in (
            (Period(4, 1), Period(9, 2), 2.8),
            (Period(4, 0), Period(9, 0), 0.0),
            (Period(4, 4), Period(9, 9), 0.0),
        ):
            told = rules.drift(recent, before)
            self.assertFalse(told["significant"])
            self.assertEqual(round(told["points"], 1), points)
        for recent, before in (
            (Period(0, 0), Period(9, 2)),
            (Period(3, 1), Period(0, 0)),
        ):
            told = rules.drift(recent, before)
            self.assertEqual((told["points"], told["significant"]), (False, False))
