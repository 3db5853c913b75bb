import random
from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.process_intelligence.policies.significance import Share

from . import oracle, oracle_causes, oracle_compare
from .common import ProcessCase
from .test_compare import as_csv

COLUMNS = ("team", "region", "code")
WITH_AMOUNT = (*COLUMNS, "amount")


def told_log(seed, cases=120):
    """``team`` stands from the first step on, ``region`` now and then, ``code`` only at the end."""
    draw = random.Random(f"causes {seed}")
    events = []
    for case in range(cases):
        team = draw.choice(["red", "blue", "green"])
        moment = datetime(2026, 1, 1) + timedelta(minutes=draw.randrange(50_000))
        length = draw.randrange(1, 7)
        amount = draw.choice(["0", "-2.5", str(draw.randrange(1, 90)), "12.75"])
        for step in range(length):
            told = {
                "team": team,
                "region": draw.choice(["north", "south", ""]),
                "code": draw.choice(["x", "y"]) if step == length - 1 else "",
                "amount": amount if step == 0 else str(draw.randrange(9)),
            }
            events.append((f"C{case}", f"step {draw.randrange(5)}", moment, told))
            moment += timedelta(minutes=draw.choice([1, 45, 600]))
    return events


def planted_log(cases=400):
    """Partners' cases breach far more often; the code that is written at the end only repeats the outcome."""
    draw = random.Random("planted")
    events = []
    for case in range(cases):
        team = draw.choice(["partner", "direct"])
        breached = draw.random() < (0.5 if team == "partner" else 0.1)
        names = ["Open", "Work", *(["SLA breached"] if breached else []), "Close"]
        moment = datetime(2026, 1, 1) + timedelta(minutes=case)
        for name in names:
            told = {
                "team": team,
                "region": draw.choice(["north", "south"]),
                "code": ("late" if breached else "fine") if name == "Close" else "",
            }
            events.append((f"C{case}", name, moment, told))
            moment += timedelta(hours=1)
    return events


@tagged("post_install", "-at_install")
class TestCauses(ProcessCase):
    def loaded(self, events):
        return self.define(as_csv(events, COLUMNS), attributes=list(COLUMNS))

    def told(self, seed):
        events = told_log(seed)
        csv = as_csv(events, WITH_AMOUNT)
        return events, self.define(csv, attributes=list(WITH_AMOUNT))

    def both(self, seeds):
        for seed in seeds:
            events, definition = self.told(seed)
            cases = oracle.traces(events)
            with self.subTest(seed=seed, stored=False):
                yield definition.with_user(self.reader), cases
            while self.env["process_intelligence.store"]._refresh():
                pass
            with self.subTest(seed=seed, stored=True):
                yield definition.with_user(self.reader), cases

    def test_counts_and_tests_are_the_oracles(self):
        for definition, cases in self.both(range(3)):
            for outcome, came in (
                ({"kind": "slow"}, oracle_causes.slow(cases)),
                ({"kind": "slow", "seconds": 9000}, oracle_causes.slow(cases, 9000)),
                ({"kind": "rework"}, oracle_causes.rework(cases)),
                (
                    {"kind": "activity", "name": "step 1"},
                    oracle_causes.activity(cases, "step 1"),
                ),
            ):
                for first in (1,) if outcome["kind"] == "slow" else (1, 2, 3):
                    with self.subTest(outcome=outcome, first=first):
                        answer = definition.causes({}, outcome, first)
                        self.check(answer, cases, came, first)

    def check(self, answer, cases, came, first):
        counts, looked_at, known = oracle_causes.known(cases, came, first)
        hits = len(looked_at.keys() & came.keys())
        self.assertEqual((answer["cases"], answer["hits"]), (len(looked_at), hits))
        self.assertEqual(answer["left_out"], len(cases) - len(looked_at))
        refused = {name for name, (ever, told) in known.items() if told < ever / 2}
        self.assertEqual({r["name"] for r in answer["refused"]}, refused)
        for row in answer["refused"]:
            self.assertEqual((row["cases"], row["known_in_time"]), known[row["name"]])
        expected = {
            key: pair
            for key, pair in counts.items()
            if 20 <= pair[0] <= len(looked_at) - 20
            and not (key[0] in ("attribute", "range") and key[1] in refused)
        }
        found = {(r["kind"], r["name"], r["value"]): r for r in answer["causes"]}
        self.assertEqual(
            {key: (r["cases"], r["hits"]) for key, r in found.items()}, expected
        )
        ps = []
        for key, (n, k) in expected.items():
            p = oracle_compare.fisher(Share(k, n), Share(hits - k, len(looked_at) - n))
            self.assertAlmostEqual(found[key]["p"], p, 9)
            ps.append(p)
        for key, p in zip(expected, oracle_compare.step_up(ps), strict=True):
            self.assertAlmostEqual(found[key]["adjusted_p"], p, 9)

    def test_numbers_are_looked_at_in_ranges(self):
        draw = random.Random("numbers")
        events = []
        for case in range(400):
            seats = draw.randrange(1, 400)
            late = draw.random() < (0.6 if seats > 300 else 0.1)
            for place, name in enumerate(
                ["Open", *(["Breach"] if late else []), "Close"]
            ):
                told = {"seats": str(seats), "code": f"0{seats}"}
                moment = datetime(2026, 1, 1) + timedelta(minutes=case, hours=place)
                events.append((f"C{case}", name, moment, told))
        columns = ("seats", "code")
        definition = self.define(as_csv(events, columns), attributes=list(columns))
        mine = definition.with_user(self.reader)
        answer = mine.causes({}, {"kind": "activity", "name": "Breach"})
        ranges = [r for r in answer["causes"] if r["kind"] == "range"]
        self.assertEqual({r["name"] for r in ranges}, {"seats"})
        self.assertEqual(len(ranges), 4)
        worst = ranges[0]
        self.assertTrue(worst["significant"])
        self.assertEqual(worst["value"], f"{worst['low']}–{worst['high']}")
        self.assertGreater(worst["low"], 290)
        self.assertIn(
            f"Where seats is {worst['low']} to {worst['high']} it", worst["sentence"]
        )
        found = mine.process_map(worst["filters"])
        self.assertEqual(found["cases"], worst["cases"])

    def test_a_planted_leak_is_refused_and_a_planted_cause_found(self):
        definition = self.loaded(planted_log()).with_user(self.reader)
        answer = definition.causes({}, {"kind": "activity", "name": "SLA breached"})
        self.assertEqual([r["name"] for r in answer["refused"]], ["code"])
        self.assertEqual(answer["refused"][0]["known_in_time"], 0)
        self.assertIn("only 0 of the 400 cases", answer["refused"][0]["reason"])
        self.assertEqual(
            {(r["name"], r["value"]) for r in answer["causes"] if r["significant"]},
            {("team", "partner"), ("team", "direct")},
        )
        worst = next(r for r in answer["causes"] if r["value"] == "partner")
        self.assertGreater(worst["risk_low"], 0.2)
        self.assertIn("Where team is partner it happens in", worst["sentence"])
        self.assertEqual(
            definition.process_map(worst["filters"])["cases"], worst["cases"]
        )
        slow = definition.causes({}, {"kind": "slow", "seconds": 2 * 3600})
        self.assertEqual([r["name"] for r in slow["refused"]], ["code"])
        self.assertEqual(slow["hits"], answer["hits"])

    def test_a_broken_rule_is_an_outcome(self):
        definition = self.loaded(planted_log())
        [wrong] = self.named(definition, "SLA breached")
        rule = self.env["process_intelligence.rule"].create(
            {
                "name": "Never late",
                "definition_id": definition.id,
                "kind": "absence",
                "activity_id": wrong.id,
            }
        )
        asked = definition.with_user(self.reader)
        by_rule = asked.causes({}, {"kind": "rule", "id": rule.id})
        by_name = asked.causes({}, {"kind": "activity", "name": "SLA breached"})
        self.assertEqual(by_rule["causes"], by_name["causes"])

    def test_what_has_come_at_once_has_no_causes(self):
        definition = self.loaded(planted_log(50))
        answer = definition.causes({}, {"kind": "activity", "name": "Open"})
        self.assertEqual((answer["cases"], answer["left_out"]), (0, 50))
        self.assertEqual(answer["causes"], [])

    def test_running_cases_are_not_judged(self):
        definition = self.loaded(planted_log(50))
        definition.end_activity_ids = self.named(definition, "Work")
        answer = definition.with_user(self.reader).causes({}, {"kind": "rework"})
        self.assertEqual((answer["cases"], answer["running"]), (0, 50))

    def test_an_unknown_activity_happens_nowhere_like_a_hidden_one(self):
        definition = self.loaded(planted_log(5))
        answer = definition.causes({}, {"kind": "activity", "name": "nowhere"})
        self.assertEqual((answer["hits"], answer["causes"]), (0, []))

    def test_bad_outcomes_are_refused_with_what_is_expected(self):
        definition = self.loaded(planted_log(5))
        for outcome, steps, words in (
            ({}, 1, "its kind cannot be null. Expected: slow, rework"),
            ({"kind": ["slow"]}, 1, "its kind"),
            ({"kind": "slow", "seconds": -1}, 1, "its seconds cannot be -1"),
            ({"kind": "slow", "seconds": float("nan")}, 1, "its seconds"),
            ({"kind": "slow"}, 2, "steps must be a whole number from 1 to 1"),
            ({"kind": "rework"}, 0, "steps must be a whole number from 1 to 50"),
            ({"kind": "rework"}, True, "steps"),
            ({"kind": "activity", "name": ""}, 1, "its name cannot be"),
            ({"kind": "activity", "name": 7}, 1, "its name cannot be 7"),
            ({"kind": "rule", "id": 2**40}, 1, "its id"),
            ({"kind": "rule", "id": True}, 1, "its id"),
            ({"kind": "rework", "name": "x"}, 1, "name. is no part of the kind rework"),
            ({"kind": "slow", "second": 5}, 1, "It takes: kind, seconds"),
            ({"kind": ["slow"]}, 1, "its kind cannot be"),
        ):
            with (
                self.subTest(outcome=outcome),
                self.assertRaisesRegex(ValidationError, words),
            ):
                definition.causes({}, outcome, steps)
        with self.assertRaises(ValidationError):
            definition.causes({"nope": 1}, {"kind": "rework"})
