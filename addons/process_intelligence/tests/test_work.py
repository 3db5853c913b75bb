import csv
import io
import random

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from . import oracle, oracle_work
from .common import SMALL, ProcessCase
from .test_statistics import random_log

WHO = ["ann", "bob", "eve", "system", "source:shop", ""]


def worked_log(seed):
    draw = random.Random(f"who {seed}")
    return [
        (case, name, at, {"who": draw.choice(WHO)})
        for case, name, at, _a in random_log(seed, cases=20, names=4)
    ]


def as_csv(events):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "who"])
    writer.writerows((c, name, at.isoformat(), a["who"]) for c, name, at, a in events)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestWork(ProcessCase):
    def both(self, seeds):
        """Each log twice: worked out from the events, then from what is stored."""
        for seed in seeds:
            events = worked_log(seed)
            definition = self.define(as_csv(events), resource="who")
            cases = oracle.traces(events)
            with self.subTest(seed=seed, stored=False):
                yield definition.with_user(self.reader), cases
            while self.env["process_intelligence.store"]._refresh():
                pass
            self.assertEqual(definition._stale_state(), (0, False))
            with self.subTest(seed=seed, stored=True):
                yield definition.with_user(self.reader), cases

    def test_rework_is_the_oracles(self):
        for definition, cases in self.both(range(8)):
            expected, touched, clean = oracle_work.rework(cases)
            answer = definition.rework()
            self.assertEqual(
                {
                    a["name"]: (
                        a["cases"],
                        a["repeats"],
                        a["self_loops"],
                        a["self_loop_cases"],
                        a["returns"],
                        a["return_cases"],
                        a["seconds"],
                    )
                    for a in answer["activities"]
                },
                expected,
            )
            self.assertEqual(answer["cases"], touched)
            self.assertEqual(answer["first_pass_cases"], clean)
            self.assertAlmostEqual(answer["first_pass_yield"], clean / len(cases), 5)

    def test_handoffs_are_the_oracles(self):
        for definition, cases in self.both(range(8)):
            moves, kept, unknown, back = oracle_work.handoffs(cases)
            answer = definition.handoffs()
            self.assertEqual(
                {
                    (m["source"], m["target"]): (
                        m["count"],
                        m["cases"],
                        m["median_seconds"],
                    )
                    for m in answer["network"]
                },
                moves,
            )
            self.assertEqual((answer["kept"], answer["unknown"]), (kept, unknown))
            self.assertEqual(answer["handovers"], sum(m[0] for m in moves.values()))
            self.assertEqual(answer["pair_count"], len(moves))
            self.assertEqual(
                {
                    (p["first"], p["other"]): (p["count"], p["cases"])
                    for p in answer["ping_pong"]["pairs"]
                },
                back,
            )
            self.assertEqual(
                answer["ping_pong"]["count"], sum(b[0] for b in back.values())
            )

    def test_lost_time_is_the_oracles(self):
        for definition, cases in self.both(range(8)):
            answer = definition.bottlenecks()
            expected = oracle_work.lost(cases)
            self.assertEqual(
                {
                    (m["source"], m["target"]): m["lost_seconds"]
                    for m in answer["moves"]
                },
                expected,
            )
            self.assertAlmostEqual(answer["lost_seconds"], sum(expected.values()), 3)

    def test_batches_are_the_oracles(self):
        for definition, cases in self.both(range(4)):
            for window, least in ((0, 2), (7_200, 2), (90_000, 3)):
                answer = definition.batching(window_s=window, least=least)
                self.assertEqual(
                    {
                        (b["activity"], b["resource"]): (
                            b["batches"],
                            b["steps"],
                            b["largest"],
                        )
                        for b in answer
                    },
                    oracle_work.batches(cases, window, least),
                )

    def test_automation_is_the_oracles(self):
        for definition, cases in self.both(range(4)):
            self.assertEqual(
                {
                    a["name"]: (a["people"], a["machine"], a["unknown"])
                    for a in definition.automation()["activities"]
                },
                oracle_work.hands(cases),
            )

    def test_only_finished_cases_count_for_first_pass_yield(self):
        definition = self.define(SMALL, resource="who")
        self.assertEqual(definition.rework()["first_pass_yield"], 1)
        definition.end_activity_ids = self.named(definition, "Close")
        answer = definition.with_user(self.reader).rework()
        self.assertEqual((answer["total_cases"], answer["finished_cases"]), (3, 2))
        definition.start_activity_ids = self.named(definition, "Ask")
        answer = definition.with_user(self.reader).rework()
        self.assertEqual(
            (answer["finished_cases"], answer["first_pass_yield"]), (0, False)
        )

    def test_cost_adds_steps_and_hours(self):
        definition = self.define(SMALL, resource="who")
        by_name = {a.name: a for a in self.named(definition, "Open", "Close")}
        by_name["Open"].write({"cost_per_step": 2, "cost_per_hour": 6})
        by_name["Close"].cost_per_step = 0.5
        answer = definition.with_user(self.reader).cost()
        # Open: three steps, ten minutes and two hours after them; Close: two steps
        self.assertEqual(answer["total"], 3 * 2 + (600 + 7_200) / 3600 * 6 + 2 * 0.5)
        self.assertEqual(answer["per_case"], round(answer["total"] / 3, 2))
        self.assertEqual(answer["currency"], self.company.currency_id.name)
        self.assertEqual(definition.cost({"has": ["Ask"]})["total"], 2 + 1 + 0.5)
        for junk in (1e300, 1e10):
            with self.assertRaisesRegex(ValidationError, "Cost Per Hour of Open"):
                by_name["Open"].cost_per_hour = junk

    def test_filters_narrow_and_bad_arguments_are_named(self):
        definition = self.define(SMALL, resource="who")
        self.assertEqual(definition.handoffs()["handovers"], 2)
        self.assertEqual(definition.handoffs({"has_not": ["Ask"]})["handovers"], 0)
        self.assertEqual(len(definition.handoffs(limit=1)["network"]), 1)
        for method, arguments in (
            ("batching", {"window_s": -1}),
            ("batching", {"least": 1}),
            ("handoffs", {"limit": 0}),
        ):
            with self.assertRaisesRegex(ValidationError, next(iter(arguments))):
                getattr(definition, method)(**arguments)

    def test_an_empty_process_answers_everything(self):
        definition = self.define()
        self.assertIs(definition.rework()["first_pass_yield"], False)
        self.assertEqual(definition.handoffs()["network"], [])
        self.assertEqual(definition.bottlenecks()["lost_seconds"], 0)
        self.assertEqual(definition.batching(), [])
        self.assertEqual(definition.automation()["steps"], 0)
        self.assertEqual(definition.cost()["total"], 0)
