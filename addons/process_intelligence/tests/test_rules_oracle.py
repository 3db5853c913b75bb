import random
from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import freeze_time, tagged

from . import oracle_flow, oracle_rules
from .common_rules import KINDS, RuleCase

NOW = datetime(2026, 3, 27, 15, 0)
START = datetime(2026, 3, 23, 8, 0)  # a Monday
HOURS = {day: [(8, 12), (13, 17)] for day in range(5)}

_events = st.lists(
    st.tuples(
        st.integers(0, 5).map(lambda number: f"C{number}"),
        st.sampled_from("ABCD"),
        st.sampled_from([0, 0, 60, 600, 3600, 7200, 90_000, 300_000]).map(
            lambda seconds: START + timedelta(seconds=seconds)
        ),
        st.sampled_from(["ann", "bob", None]).map(lambda who: {"who": who}),
    ),
    min_size=1,
    max_size=40,
)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestRulesOracle(RuleCase):
    """Figures and places of breaches are those of the oracle, from events and from what is stored."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(events=_events, times=st.integers(1, 3))
    def test_every_kind_of_rule_judges_as_the_oracle(self, events, times):
        with self.env.cr.savepoint() as savepoint:
            self._compare(events, times)
            savepoint.rollback()
        self.env.invalidate_all()

    def _compare(self, events, times):
        # Both activities are known, whatever was drawn.
        events = [*events, *(("known", name, START, {}) for name in "ABCD")]
        definition = self.of(events)
        wanted = {"a": "A", "b": "B", "n": times, "within": 3600, "people": ["ann"]}
        # The writer notes the names of activities.
        answers, rules = [], None
        self.env["process_intelligence.definition"].browse(definition.id)._note_names(
            definition._rows()
        )
        rules = {
            self.rule(
                definition,
                *(kind, "A", "B"),
                times=times,
                within_seconds=3600,
                resources="ann",
            ): {**wanted, "kind": kind}
            for kind in KINDS
        }
        answers.append(self._answers(definition, rules))
        self.refresh()
        answers.append(self._answers(definition, rules))
        expected = self._expected(self.traces(events), rules)
        for answer in answers:
            for rule, told in expected.items():
                self.assertEqual(answer[rule], told, (rule.kind, events))

    def _answers(self, definition, rules, filters=None):
        figures = {
            told["rule_id"]: told for told in definition.conformance(filters or {})
        }
        return {
            rule: (
                tuple(
                    figures[rule.id][name]
                    for name in ("cases", "applies", "violated", "may_heal", "unknown")
                ),
                {
                    found["case_key"]: (
                        *(found["position"], found["code"]),
                        *(found["may_heal"], found["breaches"]),
                    )
                    for found in definition.violations(rule.id, filters or {}, 1000)[
                        "cases"
                    ]
                },
            )
            for rule in rules
        }

    def _expected(self, cases, rules, business=None):
        return {
            rule: self._judged(cases, wanted, business)
            for rule, wanted in rules.items()
        }

    def _judged(self, cases, wanted, business):
        found = {
            case: oracle_rules.breaches(wanted, steps, NOW, business)
            for case, steps in cases.items()
        }
        return (
            (
                len(cases),
                sum(oracle_rules.applies(wanted, steps) for steps in cases.values()),
                sum(map(bool, found.values())),
                sum(bool(f) and all(b[2] for b in f) for f in found.values()),
                sum(
                    not found[case] and oracle_rules.unknown(wanted, steps)
                    for case, steps in cases.items()
                ),
            ),
            {case: (*f[0], len(f)) for case, f in found.items() if f},
        )

    def test_a_frozen_norm_is_what_the_usual_ways_do(self):
        for seed in range(5):
            events = self._random(seed)
            cases = self.traces(events)
            definition = self.of(events)
            action = definition.action_freeze_norm({}, 0.6)
            rule = self.env["process_intelligence.rule"].browse(action["res_id"])
            ways = Counter(tuple(s[0] for s in steps) for steps in cases.values())
            ranked = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
            kept, held = [], 0
            while held < 0.6 * len(cases):
                way, count = ranked[len(kept)]
                kept.append(way)
                held += count
            norm = (
                {way[0] for way in kept},
                {way[-1] for way in kept},
                {pair for way in kept for pair in pairwise(way)},
            )
            wanted = {"kind": "norm", "a": None, "b": None, "norm": norm}
            expected = self._expected(cases, {rule: wanted})
            with self.subTest(seed=seed):
                self.assertEqual(self._answers(definition, [rule]), expected)
                self.refresh()
                self.assertEqual(self._answers(definition, [rule]), expected)

    def _random(self, seed, cases=15):
        draw, events = random.Random(seed), []
        for case in range(cases):
            moment = START + timedelta(minutes=draw.randrange(3_000))
            for _step in range(draw.randrange(1, 5)):
                who = draw.choice(["ann", "bob", None])
                events.append((f"C{case}", draw.choice("AAB"), moment, {"who": who}))
                moment += timedelta(minutes=draw.choice([0, 1, 45, 600]))
        return events

    def test_filters_choose_the_cases(self):
        events = self._random(3)
        definition = self.of(events)
        self.refresh()
        rule = self.rule(definition, "response", "A", "B")
        chosen = {
            case: steps
            for case, steps in self.traces(events).items()
            if steps[0][0] == "A"
        }
        wanted = {"kind": "response", "a": "A", "b": "B"}
        self.assertEqual(
            self._answers(definition, [rule], {"start": ["A"]}),
            self._expected(chosen, {rule: wanted}),
        )

    def test_working_time_is_that_of_a_count_minute_by_minute(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Day shift",
                "tz": "Europe/Berlin",
                "company_id": self.company.id,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": f"{day} {low}",
                            "dayofweek": str(day),
                            "hour_from": low,
                            "hour_to": high,
                        },
                    )
                    for day, hours in HOURS.items()
                    for low, high in hours
                ],
            }
        )

        def business(one, two):
            return 60 * oracle_flow.business_minutes(
                *(moment.replace(tzinfo=timezone.utc) for moment in (one, two)),
                *(ZoneInfo("Europe/Berlin"), HOURS, ()),
            )

        for seed in range(4):
            events = self._random(seed)
            definition = self.of(events)
            definition.calendar_id = calendar
            self.refresh()
            rule = self.rule(
                definition, "within", "A", "B", within_seconds=7200, clock="business"
            )
            wanted = {"kind": "within", "a": "A", "b": "B", "within": 7200}
            with self.subTest(seed=seed):
                self.assertEqual(
                    self._answers(definition, [rule]),
                    self._expected(self.traces(events), {rule: wanted}, business),
                )
