from datetime import datetime

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from . import oracle
from .common import SMALL, ProcessCase
from .test_statistics import as_csv, random_log


@tagged("post_install", "-at_install")
class TestReplay(ProcessCase):
    def twice(self, definition):
        """Ask twice: worked out from the events, then from what is stored."""
        yield definition
        while self.env["process_intelligence.store"]._refresh():
            pass
        yield definition

    def told(self, answer):
        return [
            [(answer["names"][index], seconds) for index, seconds in track]
            for track in answer["tracks"]
        ]

    def test_random_logs_move_as_the_oracle_says(self):
        for seed in range(8):
            events = random_log(seed)
            traces = oracle.traces(events)
            first = min(steps[0][1] for steps in traces.values())
            expected = [
                [(name, (at - first).total_seconds()) for name, at, _a in steps]
                for _case, steps in sorted(
                    traces.items(), key=lambda item: (item[1][0][1], item[0])
                )
            ]
            for definition in self.twice(self.define(as_csv(events))):
                answer = definition.replay()
                with self.subTest(seed=seed):
                    self.assertEqual(self.told(answer), expected)
                    self.assertEqual((answer["cases"], answer["total"]), (12, 12))
                    self.assertEqual(
                        datetime.fromisoformat(answer["first"].rstrip("Z")), first
                    )
                    self.assertEqual(
                        answer["seconds"], max(track[-1][1] for track in expected)
                    )

    def test_of_many_cases_every_so_many_th_is_taken(self):
        events = random_log(3, cases=40)
        definition = self.define(as_csv(events))
        whole = self.told(definition.replay())
        starts = [track[0][1] for track in whole]
        for limit in (1, 2, 7, 13, 39, 40, 500):
            answer = definition.replay({}, limit)
            self.assertEqual(
                (answer["cases"], answer["total"]), (min(limit, 40), 40), limit
            )
            offset = starts[0]
            places = [n for n in range(40) if limit >= 40 or _taken(n, limit, 40)]
            self.assertEqual(
                self.told(answer),
                [[(a, at - offset) for a, at in whole[n]] for n in places],
            )

    def test_long_cases_are_cut_and_it_is_said(self):
        lines = [f"L,again,2026-03-02 09:{n // 60:02}:{n % 60:02}" for n in range(250)]
        lines.append("S,again,2026-03-02 10:00:00")
        definition = self.define("\n".join(["case,activity,time", *lines]))
        answer = definition.replay()
        self.assertEqual([len(t) for t in answer["tracks"]], [200, 1])
        self.assertEqual(answer["cut"], 1)

    def test_filters_emptiness_and_refusals(self):
        definition = self.define(SMALL)
        self.assertEqual(definition.replay({"has": ["Ask"]})["cases"], 1)
        empty = definition.replay({"has": ["Nowhere"]})
        self.assertEqual((empty["tracks"], empty["first"]), ([], False))
        with self.assertRaisesRegex(ValidationError, "surprise"):
            definition.replay({"surprise": 1})
        with self.assertRaisesRegex(ValidationError, "limit"):
            definition.replay({}, 0)
        outsider = new_test_user(self.env, "pi_replay_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            definition.with_user(outsider).replay()


def _taken(place, limit, total):
    """Whether a case is the first of its stretch."""
    return not place or place * limit // total != (place - 1) * limit // total
