from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from . import oracle
from .common import SMALL, ProcessCase
from .test_statistics import as_csv, random_log

NOW = datetime(2026, 5, 1, 12)
END = "step 0"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestNow(ProcessCase):
    def both(self, seeds, cases=150):
        for seed in seeds:
            events = random_log(seed, cases=cases, names=4)
            definition = self.define(as_csv(events))
            definition.end_activity_ids = self.named(definition, END)
            for stored in (False, True):
                with self.subTest(seed=seed, stored=stored):
                    yield definition.with_user(self.reader), oracle.traces(events)
                while self.env["process_intelligence.store"]._refresh():
                    pass

    def test_stalled_cases_are_the_oracles(self):
        for definition, cases in self.both(range(3)):
            history, expected = {}, {}
            for steps in cases.values():
                for (name, left, _a), (_n, right, _b) in pairwise(steps):
                    history.setdefault(name, []).append((right - left).total_seconds())
            running = {k: s[-1] for k, s in cases.items() if s[-1][0] != END}
            for key, (name, moment, _a) in running.items():
                waited = (NOW - moment).total_seconds()
                limit = oracle.percentile_cont(history[name], 0.95)
                if len(history[name]) >= 20 and waited > limit:
                    expected[key] = (name, waited, round(limit, 4))
            answer = definition.stalled()
            self.assertTrue(expected)
            self.assertEqual(answer["running"], len(running))
            self.assertEqual(answer["stalled"], len(expected))
            self.assertEqual(
                {
                    c["case"]: (
                        c["activity"],
                        c["waited_seconds"],
                        round(c["limit_seconds"], 4),
                    )
                    for c in answer["cases"]
                },
                expected,
            )

    def test_business_time_stands_still_outside_working_hours(self):
        friday = datetime(2026, 4, 24, 10)
        lines = ["case,activity,time"]
        for n in range(30):
            lines += [
                f"H{n},Open,{friday}",
                f"H{n},Close,{friday + timedelta(hours=2)}",
            ]
        lines.append("S,Open,2026-05-01 07:00")
        definition = self.define("\n".join(lines))
        definition.end_activity_ids = self.named(definition, "Close")
        self.assertEqual(definition.stalled()["stalled"], 1)
        definition.calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Mornings",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (0, 0, {"name": d, "dayofweek": d, "hour_from": 9, "hour_to": 12})
                    for d in "01234"
                ],
            }
        )
        [case] = definition.with_user(self.reader).stalled()["cases"]
        self.assertEqual(case["name"], case["case"])  # an imported case has no record
        self.assertEqual(
            (case["waited_seconds"], case["limit_seconds"]), (10_800, 7_200)
        )
        with freeze_time("2026-05-01 10:30:00"):
            self.assertEqual(definition.stalled()["stalled"], 0)

    def test_remaining_time_is_the_oracles(self):
        for definition, cases in self.both(range(3)):
            finished = [s for s in cases.values() if s[-1][0] == END]
            running = {k: s for k, s in cases.items() if s[-1][0] != END}
            answer = {a["case"]: a for a in definition.remaining(case_keys=list(cases))}
            self.assertLessEqual(set(answer), set(running))
            self.assertEqual(definition.remaining(), list(answer.values()))
            self.assertEqual(definition.remaining(case_keys=[]), [])
            self.assertTrue(answer)
            for key, steps in running.items():
                values, following = self._history(finished, steps[-1][0], len(steps))
                self.assertEqual(key in answer, bool(values))
                if values:
                    self._same(answer[key], values, following)

    def _history(self, finished, name, length):
        found = [
            (place, (steps[-1][1] - moment).total_seconds(), steps[place][0])
            for steps in finished
            for place, (activity, moment, _a) in enumerate(steps[:-1], start=1)
            if activity == name
        ]
        same = [row for row in found if row[0] == length]
        used = same if len(same) >= 10 else found
        return [row[1] for row in used], [row[2] for row in used]

    def _same(self, told, values, following):
        self.assertEqual(told["history"], len(values))
        for name, share in (("remaining", 0.5), ("low", 0.1), ("high", 0.9)):
            self.assertAlmostEqual(
                told[f"{name}_seconds"], oracle.percentile_cont(values, share), 3
            )
        self.assertEqual(
            following.count(told["next"]), max(map(following.count, following))
        )
        self.assertAlmostEqual(
            told["probability"], following.count(told["next"]) / len(following), 5
        )
        wrong = [
            abs(value - median(values[:n] + values[n + 1 :]))
            for n, value in enumerate(values)
            if len(values) > 1
        ]
        if wrong:
            self.assertAlmostEqual(told["error_seconds"], sum(wrong) / len(wrong), 3)

    def test_anomalies_say_what_is_rare_long_and_sudden(self):
        lines = ["case,activity,time"]
        for n in range(300):
            begun = datetime(2026, 1, 1) + timedelta(days=n // 10 if n < 250 else 12)
            took = timedelta(days=90) if n == 7 else timedelta(minutes=50 + n % 20)
            lines += [f"C{n},Open,{begun}", f"C{n},Close,{begun + took}"]
        lines.append("C9,Ask,2026-01-01 00:00:01")
        answer = self.define("\n".join(lines)).with_user(self.reader).anomalies()
        [way] = answer["rare_ways"]
        self.assertEqual((way["path"], way["count"]), (["Open", "Ask", "Close"], 1))
        [slow] = answer["durations"]
        self.assertEqual((slow["case"], slow["seconds"]), ("C7", 90 * 86_400))
        self.assertIn("took 3 months", slow["sentence"])
        [surge] = answer["surges"]
        self.assertEqual((surge["day"], surge["count"]), ("2026-01-13", 60))

    def test_what_cannot_be_told_says_what_to_do(self):
        definition = self.define(SMALL)
        for ask in (definition.stalled, definition.remaining):
            with self.assertRaisesRegex(ValidationError, "end activities"):
                ask()
        with self.assertRaisesRegex(ValidationError, "case_keys"):
            definition.remaining(case_keys=["T1"] * 501)
        with self.assertRaisesRegex(ValidationError, "limit"):
            definition.anomalies(limit=0)
        self.assertEqual(self.define().anomalies()["surges"], [])
