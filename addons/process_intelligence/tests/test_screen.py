from collections import Counter, defaultdict
from itertools import pairwise

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from . import oracle
from .common import SMALL, ProcessCase
from .test_statistics import as_csv, random_log


def _moves(traces):
    for steps in traces.values():
        for (source, left, _a), (target, right, _b) in pairwise(steps):
            yield source, target, (right - left).total_seconds()


@tagged("post_install", "-at_install")
class TestScreen(ProcessCase):
    def twice(self, definition):
        """Ask twice: worked out from the events, then from what is stored."""
        yield definition
        while self.env["process_intelligence.store"]._refresh():
            pass
        yield definition

    def small(self):
        return self.define(SMALL, resource="who", attributes=["priority"])

    def test_the_slowest_usual_step_is_one_that_many_cases_take(self):
        lines = ["case,activity,time"]
        for case in range(33):
            rare = case < 3
            lines += [
                f"C{case},Open,2026-03-02 09:00",
                f"C{case},{'Appeal' if rare else 'Close'},2026-03-02 1{8 if rare else 0}:00",
            ]
        answer = self.define("\n".join(lines)).with_user(self.reader).explore()
        slowest = answer["summary"]["slowest"]
        self.assertEqual((slowest["target"], slowest["count"]), ("Close", 30))

    def test_random_logs_give_the_oracles_stays(self):
        for seed in range(8):
            events = random_log(seed)
            waits = defaultdict(list)
            for source, _target, seconds in _moves(oracle.traces(events)):
                waits[source].append(seconds)
            expected = {
                name: (len(values), round(oracle.percentile_cont(values, 0.5), 6))
                for name, values in waits.items()
            }
            for definition in self.twice(self.define(as_csv(events))):
                with self.subTest(seed=seed):
                    self.assertEqual(
                        {
                            s["name"]: (s["count"], s["median_seconds"])
                            for s in definition.stays()
                        },
                        expected,
                    )

    def test_random_logs_give_the_oracles_places(self):
        for seed in range(8):
            events = random_log(seed)
            traces = oracle.traces(events)
            times = defaultdict(list)
            for source, target, seconds in _moves(traces):
                times[source, target].append(seconds)
                times[source, None].append(seconds)
            for definition in self.twice(self.define(as_csv(events))):
                for (source, target), values in times.items():
                    with self.subTest(seed=seed, place=(source, target)):
                        self.check_place(definition, traces, source, target, values)

    def check_place(self, definition, traces, source, target, values):
        answer = definition.place({}, source, target)
        self.assertEqual(answer["moves"], len(values))
        self.assertEqual(
            answer["median_seconds"], round(oracle.percentile_cont(values, 0.5), 6)
        )
        self.assertEqual(
            answer["p95_seconds"], round(oracle.percentile_cont(values, 0.95), 6)
        )
        for one in answer["bins"]:
            self.assertEqual(
                one["count"],
                sum(
                    one["from"] <= v and (one["to"] is False or v < one["to"])
                    for v in values
                ),
            )
        coming = [
            oracle.path(steps)
            for steps in traces.values()
            if (target is None and source in oracle.path(steps))
            or (source, target) in oracle.pairs(steps)
        ]
        ways = Counter(coming)
        self.assertEqual(answer["cases"], len(coming))
        self.assertEqual(
            [way["count"] for way in answer["ways"]],
            sorted(ways.values(), reverse=True)[:3],
        )
        for way in answer["ways"]:
            self.assertEqual(ways[tuple(way["path"])], way["count"])
            self.assertEqual(way["share"], way["count"] / len(coming))

    def test_a_place_names_who_is_there(self):
        for definition in self.twice(self.small()):
            self.assertEqual(
                definition.place({}, "Open")["people"],
                [{"name": "ann", "count": 2}, {"name": "bob", "count": 1}],
            )
            self.assertEqual(
                definition.place({}, "Open", "Ask")["people"],
                [{"name": "bob", "count": 1}],
            )
            self.assertEqual(definition.place({}, "Open")["people_total"], 2)

    def test_a_place_that_nobody_comes_to_is_empty(self):
        definition = self.small()
        for name in ("Nowhere", "", "Ask' OR 1=1"):
            answer = definition.place({}, name)
            self.assertEqual(
                (answer["moves"], answer["cases"], answer["ways"], answer["bins"]),
                (0, 0, [], []),
            )
            self.assertEqual((answer["people"], answer["people_total"]), ([], 0))
        only_t2 = {"attributes": {"priority": ["low"]}}
        self.assertEqual(definition.place(only_t2, "Ask")["moves"], 0)

    def test_segments_tell_values_with_their_cases(self):
        for definition in self.twice(self.small()):
            answer = {s["name"]: s for s in definition.segments()}
            self.assertEqual(
                [(v["value"], v["cases"]) for v in answer["priority"]["values"]],
                [("high", 1), ("low", 1), (None, 1)],
            )
            for value in answer["resource"]["values"]:
                filters = {"attributes": {"resource": [value["value"]]}}
                self.assertEqual(
                    definition.process_map(filters)["cases"], value["cases"]
                )
            self.assertEqual(len(definition.segments(limit=1)[0]["values"]), 1)
            self.assertEqual(definition.segments(limit=1)[0]["total"], 3)

    def test_stays_say_what_is_known_to_be_waiting(self):
        definition = self.small()
        self.named(definition, "Open").kind = "wait"
        self.assertEqual(
            {s["name"]: s["kind"] for s in definition.with_user(self.reader).stays()},
            {"Open": "wait", "Ask": False},
        )

    def test_outsiders_and_bad_arguments_are_refused(self):
        definition = self.small()
        outsider = new_test_user(self.env, "pi_screen_outsider", "base.group_user")
        for name in ("stays", "place", "segments"):
            with self.assertRaises(AccessError):
                getattr(definition.with_user(outsider), name)()
            with self.assertRaisesRegex(ValidationError, "surprise"):
                getattr(definition, name)({"surprise": 1})
        with self.assertRaisesRegex(ValidationError, "limit"):
            definition.segments({}, 0)
        with self.assertRaisesRegex(ValidationError, "activity"):
            definition.place({}, 7)
