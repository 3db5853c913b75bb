from collections import Counter
from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from . import oracle
from .common import SMALL, ProcessCase
from .test_replay import _taken
from .test_statistics import as_csv, random_log


def _took(steps):
    return (steps[-1][1] - steps[0][1]).total_seconds()


@tagged("post_install", "-at_install")
class TestDots(ProcessCase):
    def twice(self, definition):
        """Ask twice: worked out from the events, then from what is stored."""
        yield definition
        while self.env["process_intelligence.store"]._refresh():
            pass
        yield definition

    def told(self, answer):
        return [
            (line["case"], [(answer["names"][n], at) for n, at in line["dots"]])
            for line in answer["lines"]
        ]

    def test_random_logs_have_the_oracles_dots_in_both_orders(self):
        orders = {
            "start": lambda item: (item[1][0][1], item[0]),
            "duration": lambda item: (-_took(item[1]), item[0]),
        }
        for seed in range(6):
            events = random_log(seed)
            traces = oracle.traces(events)
            first = min(steps[0][1] for steps in traces.values())
            for definition in self.twice(self.define(as_csv(events))):
                for by, order in orders.items():
                    with self.subTest(seed=seed, by=by):
                        answer = definition.dots({}, 100, by)
                        self.assertEqual(
                            self.told(answer),
                            [
                                (
                                    case,
                                    [
                                        (name, (at - first).total_seconds())
                                        for name, at, _a in steps
                                    ],
                                )
                                for case, steps in sorted(traces.items(), key=order)
                            ],
                        )
                        self.check_figures(answer, traces, first)

    def check_figures(self, answer, traces, first):
        self.assertEqual((answer["cases"], answer["total"], answer["cut"]), (12, 12, 0))
        self.assertEqual(datetime.fromisoformat(answer["first"].rstrip("Z")), first)
        self.assertEqual(answer["longest"], max(map(_took, traces.values())))
        last = max(steps[-1][1] for steps in traces.values())
        self.assertEqual(answer["seconds"], (last - first).total_seconds())
        counts = Counter(step[0] for steps in traces.values() for step in steps)
        self.assertEqual(answer["names"], sorted(counts, key=lambda n: (-counts[n], n)))

    def test_a_sample_is_even_in_its_order_and_says_so(self):
        definition = self.define(as_csv(random_log(3, cases=40)))
        for by in ("start", "duration"):
            whole = [case for case, _dots in self.told(definition.dots({}, 500, by))]
            for limit in (1, 7, 39):
                answer = definition.dots({}, limit, by)
                self.assertEqual((answer["cases"], answer["total"]), (limit, 40))
                self.assertEqual(
                    [case for case, _dots in self.told(answer)],
                    [whole[n] for n in range(40) if _taken(n, limit, 40)],
                )

    def test_filters_emptiness_and_refusals(self):
        definition = self.define(SMALL)
        self.assertEqual(definition.dots({"has": ["Ask"]})["cases"], 1)
        empty = definition.dots({"has": ["Nowhere"]})
        self.assertEqual((empty["lines"], empty["first"]), ([], False))
        for call, word in (
            (lambda: definition.dots({"surprise": 1}), "surprise"),
            (lambda: definition.dots({}, 0), "limit"),
            (lambda: definition.dots({}, 5, "colour"), "by must be"),
            (lambda: definition.open_case("T9"), "case_key"),
        ):
            with self.assertRaisesRegex(ValidationError, word):
                call()
        outsider = new_test_user(self.env, "pi_dots_outsider", "base.group_user")
        for call in (
            definition.with_user(outsider).dots,
            lambda: definition.with_user(outsider).open_case("T1"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_dot_opens_its_case(self):
        action = self.define(SMALL).open_case("T1")
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), 3
        )
