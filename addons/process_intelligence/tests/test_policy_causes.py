import random
import unittest
from collections import Counter

from odoo.addons.process_intelligence.policies import causes as policy
from odoo.addons.process_intelligence.policies.causes import Case, Count, Known

NAMES = ("team", "region", "channel", "plan")


def answer_of(rows):
    """:param rows: ``({attribute: value}, hit)``, one a case"""
    cases, hits = Counter(), Counter()
    for attributes, hit in rows:
        for item in attributes.items():
            cases[item] += 1
            hits[item] += hit
    return policy.causes(
        Case(len(rows), sum(hit for _a, hit in rows), 0, 0),
        [Count("attribute", *item, cases[item], hits[item]) for item in cases],
        [Known(name, len(rows), len(rows)) for name in NAMES],
    )


class TestCausesPolicy(unittest.TestCase):
    def test_chance_alone_is_found_no_more_often_than_stated(self):
        draw, wrong = random.Random(42), 0
        for _log in range(200):
            rows = [
                ({n: draw.choice("abcd") for n in NAMES}, draw.random() < 0.2)
                for _case in range(250)
            ]
            answer = answer_of(rows)
            self.assertEqual(answer["tests"], 16)
            wrong += any(row["significant"] for row in answer["causes"])
        self.assertLessEqual(wrong, 200 * 0.05)

    def test_a_true_cause_is_found_beside_chance(self):
        draw, rows = random.Random(1), []
        for _case in range(400):
            attributes = {n: draw.choice("abcd") for n in NAMES}
            rows.append(
                (
                    attributes,
                    draw.random() < (0.6 if attributes["team"] == "a" else 0.1),
                )
            )
        first = answer_of(rows)["causes"][0]
        self.assertEqual((first["name"], first["value"]), ("team", "a"))
        self.assertTrue(first["significant"])
        self.assertFalse(first["suspect"])
        self.assertGreater(first["lift"], 2)
        self.assertLess(first["risk_low"], first["risk_difference"])
        self.assertGreater(first["risk_low"], 0.3)
        self.assertEqual(first["filters"], {"attributes": {"team": ["a"]}})

    def test_what_is_known_too_late_is_refused_with_its_figures(self):
        counts = [Count("attribute", "code", "x", 30, 30)]
        answer = policy.causes(Case(100, 40, 0, 0), counts, [Known("code", 61, 30)])
        self.assertEqual((answer["tests"], answer["causes"]), (0, []))
        self.assertEqual(
            answer["refused"], [{"name": "code", "cases": 61, "known_in_time": 30}]
        )
        usable = policy.causes(Case(100, 40, 0, 0), counts, [Known("code", 60, 30)])
        self.assertEqual((usable["tests"], usable["refused"]), (1, []))

    def test_a_copy_of_the_outcome_is_suspected(self):
        counts = [Count("attribute", "code", "x", 40, 40)]
        [row] = policy.causes(Case(100, 40, 0, 0), counts, [])["causes"]
        self.assertTrue(row["suspect"])

    def test_too_few_are_not_tested(self):
        counts = [
            Count("attribute", "a", "x", 19, 5),
            Count("attribute", "b", "x", 81, 5),
            Count("start", "", "Open", 80, 5),
        ]
        answer = policy.causes(Case(100, 10, 3, 4), counts, [])
        self.assertEqual([row["kind"] for row in answer["causes"]], ["start"])
        self.assertEqual(answer["causes"][0]["filters"], {"start": ["Open"]})
        self.assertEqual((answer["left_out"], answer["running"]), (3, 4))
        self.assertEqual(policy.causes(Case(0, 0, 0, 0), [], [])["share"], 0.0)
