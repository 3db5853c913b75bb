import csv
import io
import random
from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.process_intelligence.policies.significance import Share

from . import oracle, oracle_compare
from .common import ProcessCase

FILTERS = ({"attributes": {"team": ["red"]}}, {"attributes": {"team": ["blue"]}})
OVERLAPPING = ({"attributes": {"team": ["red"]}}, {"has": ["step 1"]})
WITHIN = ({"attributes": {"team": ["red"]}}, {})


def team_log(seed, cases=90, planted=False):
    """Cases of two teams; planted: the red one goes to step 0 more often, and takes longer for it."""
    draw = random.Random(f"teams {seed}")
    events = []
    for case in range(cases):
        team = draw.choice(["red", "blue"])
        moment = datetime(2026, 1, 1) + timedelta(minutes=draw.randrange(50_000))
        slow = planted and team == "red"
        for _step in range(draw.randrange(1, 7)):
            name = f"step {0 if slow and draw.random() < 0.7 else draw.randrange(4)}"
            events.append((f"C{case}", name, moment, {"team": team}))
            moment += timedelta(
                minutes=draw.choice([0, 1, 45, 600]) + 900 * (slow and name == "step 0")
            )
    return events


def as_csv(events, columns=("team",)):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", *columns])
    writer.writerows(
        (case, name, at.isoformat(), *(a[c] for c in columns))
        for case, name, at, a in events
    )
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestCompare(ProcessCase):
    def both(self, seeds, **kwargs):
        """Each log twice: worked out from the events, then from what is stored."""
        for seed in seeds:
            events = team_log(seed, **kwargs)
            definition = self.define(as_csv(events), attributes=["team"])
            cases = oracle.traces(events)
            with self.subTest(seed=seed, stored=False):
                yield definition.with_user(self.reader), cases
            while self.env["process_intelligence.store"]._refresh():
                pass
            with self.subTest(seed=seed, stored=True):
                yield definition.with_user(self.reader), cases

    def sliced(self, cases, filters):
        return {k: s for k, s in cases.items() if oracle.keeps(s, filters)}

    def sides(self, cases, filters):
        """:return: both slices, and what of them counts in tests"""
        one, two = (self.sliced(cases, part) for part in filters)
        if len(one) <= len(two):
            return one, two, one, {k: s for k, s in two.items() if k not in one}
        return one, two, {k: s for k, s in one.items() if k not in two}, two

    def test_figures_and_tests_are_the_oracles(self):
        for filters in (FILTERS, OVERLAPPING, WITHIN):
            for definition, cases in self.both(range(3)):
                one, two, *tested = self.sides(cases, filters)
                answer = definition.compare(*filters)
                self.assertEqual(answer["cases"], {"one": len(one), "two": len(two)})
                self.assertEqual(answer["shared_cases"], len(one.keys() & two.keys()))
                self.check_steps(answer, one, two, *tested)
                self.check_moves(answer, one, two, *tested)
                self.check_throughput(answer, one, two, *tested)
                self.check_adjusted(answer)

    def check_steps(self, answer, one, two, as_one, as_two):
        names = {n for s in [*one.values(), *two.values()] for n in oracle.path(s)}
        self.assertEqual({a["name"] for a in answer["activities"]}, names)
        for row in answer["activities"]:
            for side, cases in (("one", one), ("two", two)):
                self.assertEqual(
                    (row["cases"][side], row["count"][side]),
                    (
                        oracle_compare.with_step(cases, row["name"]),
                        oracle_compare.steps_of(cases, row["name"]),
                    ),
                )
            shares = [
                Share(oracle_compare.with_step(cases, row["name"]), len(cases))
                for cases in (as_one, as_two)
            ]
            self.check_p(row["share_test"], *shares)

    def check_moves(self, answer, one, two, as_one, as_two):
        found = [oracle_compare.moves(cases) for cases in (one, two, as_one, as_two)]
        self.assertEqual(
            {(m["source"], m["target"]) for m in answer["transitions"]},
            found[0].keys() | found[1].keys(),
        )
        for row in answer["transitions"]:
            pair = row["source"], row["target"]
            for side, moves in zip(("one", "two"), found[:2], strict=True):
                every = [s for seconds in moves[pair] for s in seconds]
                self.assertEqual(
                    (
                        row["count"][side],
                        row["cases"][side],
                        row["median_seconds"][side],
                    ),
                    (len(every), len(moves[pair]), oracle_compare.usual(every)),
                )
            shares = [
                Share(len(moves[pair]), len(cases))
                for moves, cases in zip(found[2:], (as_one, as_two), strict=True)
            ]
            self.check_p(row["share_test"], *shares)
            firsts = [[s[0] for s in moves[pair]] for moves in found[2:]]
            self.check_times(row["time_test"], *firsts)

    def check_throughput(self, answer, one, two, as_one, as_two):
        ends = {f"step {n}" for n in range(4)}
        row = answer["throughput"]
        for side, cases in (("one", one), ("two", two)):
            seconds = oracle_compare.length(cases, ends)
            self.assertEqual(row["median_seconds"][side], oracle_compare.usual(seconds))
        self.check_times(
            row["time_test"],
            *(oracle_compare.length(cases, ends) for cases in (as_one, as_two)),
        )

    def check_p(self, test, one, two):
        if min(one.cases, two.cases) < 20:
            self.assertIs(test["p"], False)
        else:
            self.assertAlmostEqual(test["p"], oracle_compare.fisher(one, two), 9)

    def check_times(self, test, one, two):
        if min(len(one), len(two)) < 20:
            self.assertIs(test["p"], False)
            self.assertIs(test["differs"], False)
        else:
            self.assertAlmostEqual(test["p"], oracle_compare.rank_test(one, two), 9)

    def check_adjusted(self, answer):
        tests = [
            row[kind]
            for row in [
                answer["throughput"],
                *answer["activities"],
                *answer["transitions"],
            ]
            for kind in ("share_test", "time_test")
            if kind in row and row[kind]["p"] is not False
        ]
        self.assertEqual(answer["tests"], len(tests))
        expected = oracle_compare.step_up([t["p"] for t in tests])
        for test, p in zip(tests, expected, strict=True):
            self.assertAlmostEqual(test["adjusted_p"], p, 9)
            self.assertEqual(test["differs"], p < 0.05)
            self.assertEqual(bool(test["sentence"]), test["differs"])

    def test_what_was_planted_is_found_and_said(self):
        events = team_log(1, cases=300, planted=True)
        definition = self.define(as_csv(events), attributes=["team"])
        answer = definition.compare(*FILTERS)
        [step] = [a for a in answer["activities"] if a["name"] == "step 0"]
        self.assertTrue(step["share_test"]["differs"])
        self.assertGreater(step["share_test"]["effect"], 0.5)
        self.assertIn("step 0 happens in more cases", step["share_test"]["sentence"])
        self.assertTrue(answer["throughput"]["time_test"]["differs"])
        self.assertIn(
            "usually take longer", answer["throughput"]["time_test"]["sentence"]
        )
        self.assertIn(step["share_test"]["sentence"], answer["sentences"])
        mirrored = definition.compare(*FILTERS[::-1])
        self.assertIn(
            "Finished cases usually take less time", str(mirrored["sentences"])
        )

    def test_running_cases_are_in_no_throughput(self):
        events = team_log(2)
        definition = self.define(as_csv(events), attributes=["team"])
        definition.end_activity_ids = self.named(definition, "step 0")
        one, two, *_tested = self.sides(oracle.traces(events), FILTERS)
        answer = definition.with_user(self.reader).compare(*FILTERS)["throughput"]
        for side, cases in (("one", one), ("two", two)):
            seconds = oracle_compare.length(cases, {"step 0"})
            self.assertEqual(answer["cases"][side], len(seconds))
            self.assertEqual(
                answer["median_seconds"][side], oracle_compare.usual(seconds)
            )

    def test_too_few_and_the_same_are_no_difference(self):
        definition = self.define(as_csv(team_log(3, cases=30)), attributes=["team"])
        for answer in (definition.compare(*FILTERS), definition.compare({}, {})):
            self.assertEqual((answer["tests"], answer["sentences"]), (0, []))
        empty = definition.compare({"has": ["nothing"]}, {})
        self.assertEqual(empty["cases"]["one"], 0)
        self.assertIs(empty["throughput"]["median_seconds"]["one"], False)
        self.assertEqual(self.define().compare()["activities"], [])

    def test_bad_filters_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "nope"):
            self.define().compare({}, {"nope": 1})
