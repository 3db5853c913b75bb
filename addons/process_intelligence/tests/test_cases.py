from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from . import oracle
from .common import SMALL, ProcessCase
from .test_statistics import as_csv, random_log


def _took(steps):
    return (steps[-1][1] - steps[0][1]).total_seconds()


@tagged("post_install", "-at_install")
class TestCases(ProcessCase):
    def twice(self, definition):
        """Ask twice: worked out from the events, then from what is stored."""
        yield definition
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition._stale_state(), (0, False))
        yield definition

    def test_random_logs_give_the_oracles_ways(self):
        for seed in range(10):
            events = random_log(seed, names=2)
            traces = oracle.traces(events)
            expected = {
                way: (
                    count,
                    count / len(traces),
                    oracle.percentile_cont(
                        [_took(s) for s in traces.values() if oracle.path(s) == way],
                        0.5,
                    ),
                )
                for way, count in oracle.variants(traces).items()
            }
            for definition in self.twice(self.define(as_csv(events))):
                answer = definition.ways()
                with self.subTest(seed=seed):
                    self.assertEqual(
                        {
                            tuple(w["path"]): (
                                w["count"],
                                w["share"],
                                w["median_seconds"],
                            )
                            for w in answer["ways"]
                        },
                        expected,
                    )
                    self.assertEqual(
                        (answer["total"], answer["cases"]), (len(expected), len(traces))
                    )

    def test_random_logs_give_the_oracles_cases_page_by_page(self):
        for seed in range(10):
            events = random_log(seed)
            filters = {"has": ["step 1"]}
            kept = {
                case: steps
                for case, steps in oracle.traces(events).items()
                if oracle.keeps(steps, filters)
            }
            expected = [
                (case, len(steps), _took(steps), list(oracle.path(steps)))
                for case, steps in sorted(
                    kept.items(), key=lambda item: (-_took(item[1]), item[0])
                )
            ]
            for definition in self.twice(self.define(as_csv(events))):
                pages = [
                    definition.cases(filters, limit=5, offset=at) for at in (0, 5, 10)
                ]
                with self.subTest(seed=seed):
                    self.assertEqual(
                        [
                            (c["case"], c["steps"], c["seconds"], c["path"])
                            for page in pages
                            for c in page
                        ],
                        expected,
                    )

    def test_random_logs_give_the_oracles_steps(self):
        for seed in range(5):
            events = random_log(seed)
            traces = oracle.traces(events)
            for definition in self.twice(self.define(as_csv(events))):
                for case, steps in traces.items():
                    times = [step[1] for step in steps]
                    waits = [
                        (b - a).total_seconds()
                        for a, b in zip(times, times[1:], strict=False)
                    ]
                    expected = [
                        (name, at.isoformat() + "Z", wait)
                        for (name, at, _a), wait in zip(
                            steps, [*waits, False], strict=True
                        )
                    ]
                    self.assertEqual(
                        [
                            (s["activity"], s["at"], s["seconds"])
                            for s in definition.case_steps(case)
                        ],
                        expected,
                    )

    def test_random_logs_give_the_oracles_throughput(self):
        for seed in range(10):
            events = random_log(seed, cases=30)
            took = [_took(steps) for steps in oracle.traces(events).values()]
            for definition in self.twice(self.define(as_csv(events))):
                answer = definition.throughput()
                with self.subTest(seed=seed):
                    self.assertEqual(
                        [
                            sum(
                                b["from"] <= value and (not b["to"] or value < b["to"])
                                for value in took
                            )
                            for b in answer["bins"]
                        ],
                        [b["count"] for b in answer["bins"]],
                    )
                    self.assertEqual(sum(b["count"] for b in answer["bins"]), len(took))
                    for name, share in (("median", 0.5), ("p90", 0.9), ("p95", 0.95)):
                        self.assertAlmostEqual(
                            answer[name], oracle.percentile_cont(took, share), 4
                        )
                    self.assertAlmostEqual(answer["mean"], sum(took) / len(took), 4)
                    self.assertEqual(
                        (answer["min"], answer["max"]), (min(took), max(took))
                    )

    def test_a_process_without_events_answers_with_nothing(self):
        definition = self.define()
        self.assertEqual(definition.ways(), {"ways": [], "total": 0, "cases": 0})
        self.assertEqual(definition.cases(), [])
        self.assertEqual(definition.throughput()["bins"], [])

    def test_bad_questions_are_refused_in_words(self):
        definition = self.define(SMALL)
        for call, word in (
            (lambda: definition.case_steps("nope"), "case_key"),
            (lambda: definition.cases({"nope": 1}), "nope"),
            (lambda: definition.cases(limit=0), "limit"),
            (lambda: definition.cases(offset=-1), "offset"),
            (lambda: definition.ways(limit="5"), "limit"),
            (lambda: definition.throughput({"has": 1}), "has"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                call()

    def test_who_may_not_read_processes_sees_no_case(self):
        definition = self.define(SMALL)
        stranger = new_test_user(self.env, "pi_stranger", "base.group_user")
        for call in (
            lambda asked: asked.ways(),
            lambda asked: asked.cases(),
            lambda asked: asked.case_steps("T1"),
            lambda asked: asked.throughput(),
        ):
            with self.assertRaises(AccessError):
                call(definition.with_user(stranger))
        self.assertEqual(len(definition.with_user(self.reader).cases()), 3)
