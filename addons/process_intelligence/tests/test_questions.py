import csv
import io
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from . import oracle
from .common import SMALL, ProcessCase

START = datetime(2026, 1, 1)
NAMES = ["Open", "Ask", "Ändern", "关闭", "a,b", 'say "x"', "back\\slash", "tab\there"]

_event = st.tuples(
    st.integers(0, 6).map(lambda number: f"C{number}"),
    st.sampled_from(NAMES) | st.integers(0, 299).map(lambda number: f"step {number}"),
    # Few different moments, so that many events of a case share one; some with microseconds.
    st.sampled_from([0, 1, 60, 60, 3600, 86400, 0.25, 1e-6]).map(
        lambda seconds: START + timedelta(seconds=seconds)
    ),
    st.fixed_dictionaries({}, optional={"team": st.sampled_from(["x", "ÿ"])}),
)


def _csv(events):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "team"])
    writer.writerows(
        [case, activity, moment.isoformat(), attributes.get("team", "?")]
        for case, activity, moment, attributes in events
    )
    return out.getvalue()


def _questions(events):
    """Filters worth asking about this log, with every key of the contract."""
    case, first, moment, _attributes = events[0]
    steps = oracle.traces(events)[case]
    path = list(oracle.path(steps))
    pair = next(iter(oracle.pairs(steps)), (first, first))
    begin, end = START, START + timedelta(minutes=5)
    period = {"from": begin.isoformat() + "Z", "to": end.isoformat() + "Z"}
    return [
        {},
        {"has": [first]},
        {"has": [first, NAMES[0]], "has_not": [NAMES[1]]},
        {"has_not": [first]},
        {"start": [path[0]], "end": [path[-1], NAMES[2]]},
        {"follows": [list(pair)]},
        {"not_follows": [list(pair)]},
        {"variants": [path, ["nowhere"]]},
        {"throughput_s": [1, 3600]},
        {"throughput_s": [None, 0.5]},
        {"attributes": {"team": ["x"]}},
        *(
            {"period": {"mode": mode, **period}, "_period": (mode, begin, end)}
            for mode in ("contained", "intersecting", "started", "ended")
        ),
    ]


@tagged("post_install", "-at_install")
class TestQuestions(ProcessCase):
    @settings(
        max_examples=25, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )  # fmt: skip
    @given(st.lists(_event, min_size=1, max_size=40))
    def test_random_logs_give_the_oracles_figures(self, events):
        definition = self.define(_csv(events), attributes=["team"])
        cases = oracle.traces(events)
        for state in (self._nothing_stored, self._all_stored, self._some_stale):
            state(definition)
            self._check_questions(definition, events, cases)

    def _nothing_stored(self, definition):
        """As an import leaves it."""

    def _all_stored(self, definition):
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition._stale_state(), (0, False))

    def _some_stale(self, definition):
        """The events of every other case are touched, as an erasure does."""
        self.env.cr.execute(
            """
            UPDATE process_intelligence_log_event SET activity = activity
             WHERE definition_id = %s AND right(case_key, 1)::int %% 2 = 0
            """,
            [definition.id],
        )

    def _check_questions(self, definition, events, cases):
        for filters in _questions(events):
            kept = {
                case: steps
                for case, steps in cases.items()
                if oracle.keeps(steps, filters)
            }
            asked = {
                key: value for key, value in filters.items() if not key.startswith("_")
            }
            self.assertEqual(
                self._map(definition, asked), oracle.process_map(kept), asked
            )
            found = {
                tuple(way["path"]): way["count"] for way in definition.variants(asked)
            }
            self.assertEqual(found, oracle.variants(kept))

    def _map(self, definition, filters):
        answer = definition.process_map(filters)
        return {
            "activities": {
                item["name"]: (item["count"], item["start"], item["end"])
                for item in answer["activities"]
            },
            "transitions": {
                (item["source"], item["target"]): (
                    item["count"],
                    _near(item["p50_seconds"]),
                    _near(item["p95_seconds"]),
                )
                for item in answer["transitions"]
            },
            "cases": answer["cases"],
            "events": answer["events"],
        }

    def test_the_map_of_a_small_log_is_exact_and_most_frequent_first(self):
        answer = self.define(SMALL).process_map({})
        self.assertEqual(
            answer,
            {
                "activities": [
                    {"name": "Open", "count": 3, "start": 3, "end": 1},
                    {"name": "Close", "count": 2, "start": 0, "end": 2},
                    {"name": "Ask", "count": 1, "start": 0, "end": 0},
                ],
                "transitions": [
                    {
                        "source": "Ask",
                        "target": "Close",
                        "count": 1,
                        "p50_seconds": 86400.0,
                        "p95_seconds": 86400.0,
                    },
                    {
                        "source": "Open",
                        "target": "Ask",
                        "count": 1,
                        "p50_seconds": 600.0,
                        "p95_seconds": 600.0,
                    },
                    {
                        "source": "Open",
                        "target": "Close",
                        "count": 1,
                        "p50_seconds": 7200.0,
                        "p95_seconds": 7200.0,
                    },
                ],
                "cases": 3,
                "events": 6,
            },
        )

    def test_variants_are_limited_and_most_frequent_first(self):
        rows = [
            f"C{i},{name},2026-01-0{day} 00:00:00"
            for i in range(3)
            for day, name in enumerate("ab" if i else "ba", start=1)
        ]
        definition = self.define("case,activity,time\n" + "\n".join(rows))
        self.assertEqual(
            definition.variants(),
            [{"path": ["a", "b"], "count": 2}, {"path": ["b", "a"], "count": 1}],
        )
        self.assertEqual(
            definition.variants(limit=1), [{"path": ["a", "b"], "count": 2}]
        )

    def test_the_screen_gets_its_answer_in_one_call(self):
        answer = self.define(SMALL).explore({"has": ["Close"]})
        self.assertEqual(answer["map"]["cases"], 2)
        self.assertEqual((answer["variant_count"], answer["total_cases"]), (2, 3))
        self.assertEqual(answer["summary"]["first"], "2026-03-02T09:00:00Z")
        self.assertEqual(answer["summary"]["median_seconds"], (7200 + 87000) / 2)

    def test_cases_of_left_out_steps_alone_are_in_no_total(self):
        definition = self.define(SMALL + "T4,Noise,2026-03-05 08:00:00,bob,\n")
        self.named(definition, "Noise").ignored = True
        for filters in ({}, {"has": ["Ask"]}):
            self.assertEqual(definition.explore(filters)["total_cases"], 3)

    def test_running_cases_are_in_no_throughput(self):
        log = (
            SMALL
            + "T9,Open,2026-03-01 00:00:00,ann,\nT9,Ask,2026-03-09 00:00:00,ann,\n"
        )
        definition = self.define(log)
        definition.end_activity_ids = self.named(definition, "Close")
        answer = definition.with_user(self.reader).explore()
        self.assertEqual(answer["map"]["cases"], 4)
        self.assertEqual(answer["summary"]["median_seconds"], (7200 + 87000) / 2)
        self.assertEqual(answer["summary"]["last"], "2026-03-09T00:00:00Z")
        spread = definition.throughput()
        self.assertEqual((spread["cases"], spread["max"]), (2, 87000.0))
        self.assertEqual(sum(b["count"] for b in spread["bins"]), 2)
        self.assertEqual(
            {tuple(w["path"]): w["median_seconds"] for w in definition.ways()["ways"]},
            {
                ("Open", "Ask", "Close"): 87000.0,
                ("Open", "Close"): 7200.0,
                ("Open",): False,
                ("Open", "Ask"): False,
            },
        )

    def test_a_process_without_events_answers_with_nothing(self):
        definition = self.define()
        self.assertEqual(
            definition.process_map(),
            {"activities": [], "transitions": [], "cases": 0, "events": 0},
        )
        self.assertEqual(definition.variants(), [])
        self.assertEqual(definition.explore()["summary"]["first"], False)

    def test_hostile_names_are_only_names(self):
        names = ["'; DROP TABLE x; --", "%s", "%(x)s", "<img src=x>"]
        rows = [
            f"C1,{name},2026-01-0{day} 00:00:00"
            for day, name in enumerate(names, start=1)
        ]
        definition = self.define("case,activity,time\n" + "\n".join(rows))
        for name in names:
            self.assertEqual(definition.process_map({"has": [name]})["cases"], 1)
            self.assertEqual(
                definition.process_map({"attributes": {name: [name]}})["cases"], 0
            )

    def test_the_resource_can_be_filtered_like_an_attribute(self):
        definition = self.define(SMALL, resource="who")
        self.assertEqual(
            definition.process_map({"attributes": {"resource": ["bob"]}})["cases"], 2
        )
        self.assertEqual(
            definition.process_map({"attributes": {"resource": [None]}})["cases"], 1
        )

    def test_a_figure_opens_its_cases(self):
        definition = self.define(SMALL)
        action = definition.open_cases({"has": ["Ask"]})
        found = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .search(action["domain"])
        )
        self.assertEqual(found.mapped("activity"), ["Open", "Ask", "Close"])
        self.assertEqual(set(found.mapped("case_key")), {"T1"})

    def test_bad_questions_are_refused_in_words(self):
        definition = self.define(SMALL)
        for call in (
            lambda: definition.process_map({"nope": 1}),
            lambda: definition.variants(limit=0),
            lambda: definition.variants(limit="5"),
            lambda: definition.browse().process_map(),
            lambda: (definition + self.define()).variants(),
        ):
            with self.assertRaises(ValidationError):
                call()


def _near(seconds):
    """Percentiles come rounded to the microsecond; compare floats that way."""
    return _Seconds(seconds)


class _Seconds(float):
    def __eq__(self, other):
        return abs(float(self) - float(other)) < 2e-6

    __hash__ = float.__hash__
