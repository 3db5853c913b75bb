import base64
import csv
import io
import random
from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.event_hub.tools.event_row import EventRow

from . import oracle, oracle_flow, oracle_times
from .common import ProcessCase

LOGGED = ["logged_seconds", "logged_hours"]
MONDAY = datetime(2026, 3, 2, 9)


def random_log(seed, cases=15, names=3):
    """Starts, completions and events that say nothing, some at the same time, some by nobody."""
    draw = random.Random(seed)
    events = []
    for case in range(cases):
        moment = MONDAY + timedelta(minutes=draw.randrange(5_000))
        for _step in range(draw.randrange(1, 14)):
            says = draw.choice(
                ["start", "start", "Complete", "complete", "", "schedule"]
            )
            facts = {
                "lifecycle": says,
                "who": draw.choice(["ann", "bob", ""]),
                "logged_seconds": draw.choice(["", "", "", "90", "1e9", "-5", "abc"]),
                "logged_hours": draw.choice(["", "", "", "0.5", "0"]),
            }
            events.append((f"C{case}", f"step {draw.randrange(names)}", moment, facts))
            moment += timedelta(minutes=draw.choice([0, 1, 45, 600]))
    draw.shuffle(events)
    return events


def as_csv(events):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "lifecycle", "who", *LOGGED])
    writer.writerows(
        (
            *(case, name, at.isoformat(), facts["lifecycle"], facts["who"]),
            *(facts.get(name) for name in LOGGED),
        )
        for case, name, at, facts in events
    )
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestTimes(ProcessCase):
    """A start and its completion are one step; then working and waiting are told apart."""

    def of(self, events):
        return self.define(
            as_csv(events), resource="who", lifecycle="lifecycle", attributes=LOGGED
        )

    def refresh(self):
        while self.env["process_intelligence.store"]._refresh():
            pass

    def small(self, *rows):
        """:param rows: ``(activity, minutes, lifecycle, who)`` of one case"""
        return self.of(
            [
                (
                    "C1",
                    name,
                    MONDAY + timedelta(minutes=at),
                    {"lifecycle": says, "who": who},
                )
                for name, at, says, who in rows
            ]
        )

    def mornings(self):
        return self.env["resource.calendar"].create(
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

    def figures(self, answer, kind, scale="seconds"):
        return {
            a["name"]: {k: round(v, 4) for k, v in a[kind][scale].items()}
            for a in answer["activities"]
            if a[kind]
        }

    def test_random_logs_give_the_oracles_figures(self):
        for seed in range(25):
            events = random_log(seed)
            cases = oracle_times.instances(events)
            plain = {
                case: [(name, end, {}) for name, end, *_rest in steps]
                for case, steps in cases.items()
            }
            expected = oracle.process_map(plain)
            counts, _moves = oracle_flow.statistics(plain)
            working, waiting = oracle_times.times(cases)
            begun = {n for s in cases.values() for n, _e, started, *_r in s if started}
            judged = [s for c in cases.values() for s in c if s[0] in begun]
            definition = self.of(events)
            for stored in (False, True):
                with self.subTest(seed=seed, stored=stored):
                    told = definition.process_map()
                    self.assertEqual(
                        {
                            a["name"]: (a["count"], a["start"], a["end"])
                            for a in told["activities"]
                        },
                        expected["activities"],
                    )
                    self.assertEqual(
                        {
                            (t["source"], t["target"]): (t["count"], t["p50_seconds"])
                            for t in told["transitions"]
                        },
                        {
                            pair: (n, median)
                            for pair, (n, median, _p) in expected["transitions"].items()
                        },
                    )
                    answer = definition.statistics()
                    self.assertEqual(
                        {
                            a["name"]: (a["count"], a["cases"], a["max_repetition"])
                            for a in answer["activities"]
                        },
                        counts,
                    )
                    for kind, figures in (("working", working), ("waiting", waiting)):
                        self.assertEqual(
                            self.figures(answer, kind),
                            {
                                n: {k: round(v, 4) for k, v in f.items()}
                                for n, f in figures.items()
                            },
                        )
                    self.assertEqual(
                        definition.quality()["counts"]["paired"],
                        [
                            sum(s[3] or s[4] is not None for s in judged),
                            len(judged),
                        ],
                    )
                    self.assertEqual(self.throughput(definition), self.spans(cases))
                self.refresh()

    def throughput(self, definition):
        relations = definition._relations()
        return dict(
            self.env.execute_query(
                SQL(
                    "WITH %s SELECT case_key, date_part('epoch', last_ts - first_ts) FROM cases",
                    relations.ctes,
                )
            )
        )

    def spans(self, cases):
        return {
            case: (
                max(end for _n, end, *_r in steps)
                - min(started or end for _n, end, started, *_r in steps)
            ).total_seconds()
            for case, steps in cases.items()
        }

    def test_a_start_and_its_completion_are_one_step(self):
        definition = self.small(
            ("Write", 0, "start", "ann"),
            ("Write", 30, "complete", "ann"),
            ("Check", 90, "start", "bob"),
            ("Check", 100, "complete", "eve"),
        )
        answer = definition.statistics()
        self.assertEqual(answer["time"], "waiting and working")
        self.assertEqual((answer["cases"], answer["events"]), (1, 2))
        write, check = sorted(answer["activities"], key=lambda a: a["name"])[::-1]
        self.assertEqual(write["working"]["seconds"]["median"], 1800)
        self.assertFalse(write["waiting"])
        self.assertEqual(check["working"]["seconds"]["sum"], 600)
        self.assertEqual(check["waiting"]["seconds"]["p95"], 3600)
        self.assertFalse(check["waiting"]["business_seconds"])
        self.assertFalse(
            {"paired"}
            & {w["key"] for w in definition.quality()["words"] if not w["good"]}
        )

    def test_what_has_no_partner_is_kept_and_counted(self):
        definition = self.small(
            ("Write", 0, "complete", "ann"),
            ("Write", 10, "start", "ann"),
            ("Write", 30, "", "ann"),
            ("Check", 40, "start", "bob"),
        )
        answer = definition.statistics()
        self.assertEqual(answer["events"], 3)
        quality = definition.quality()
        self.assertEqual(quality["counts"]["paired"], [1, 3])
        self.assertIn("1 of 3 steps", quality["words"][-1]["text"])

    def test_the_resource_tells_steps_at_the_same_time_apart(self):
        definition = self.small(
            ("Write", 0, "start", "ann"),
            ("Write", 1, "start", "bob"),
            ("Write", 10, "complete", "bob"),
            ("Write", 60, "complete", "ann"),
        )
        [write] = definition.statistics()["activities"]
        self.assertEqual(
            (write["working"]["seconds"]["min"], write["working"]["seconds"]["max"]),
            (540, 3600),
        )

    def test_business_time_is_that_of_the_calendar(self):
        definition = self.small(
            ("Write", 0, "start", "ann"),
            ("Write", 240, "complete", "ann"),  # 9:00 to 13:00, open until 12:00
            ("Check", 24 * 60 + 60, "start", "bob"),  # the next day at 10:00
            ("Check", 24 * 60 + 90, "complete", "bob"),
        )
        definition.calendar_id = self.mornings()
        for _stored in (False, True):
            answer = definition.statistics()
            self.assertEqual(
                {
                    n: f["sum"]
                    for n, f in self.figures(
                        answer, "working", "business_seconds"
                    ).items()
                },
                {"Write": 3 * 3600, "Check": 1800},
            )
            self.assertEqual(
                self.figures(answer, "waiting", "business_seconds")["Check"]["sum"],
                3600,
            )
            self.refresh()

    def test_logged_time_is_work_and_the_rest_is_waiting(self):
        def at(minutes, **logged):
            facts = {"lifecycle": "", "who": "ann", **logged}
            return MONDAY + timedelta(minutes=minutes), facts

        definition = self.of(
            [
                ("C1", "Open", *at(0)),
                ("C1", "Write", *at(60, logged_seconds="600")),
                ("C1", "Check", *at(240, logged_hours="4.5")),
            ]
        )
        definition.calendar_id = self.mornings()
        for _stored in (False, True):
            answer = definition.statistics()
            self.assertEqual(answer["time"], "waiting and working")
            for kind, scale, write, check in (
                ("working", "seconds", 600, 16_200),
                ("working", "business_seconds", 600, 16_200),
                ("waiting", "seconds", 3000, 0),
                ("waiting", "business_seconds", 3000, 0),
            ):
                told = self.figures(answer, kind, scale)
                self.assertEqual(
                    (told["Write"]["sum"], told["Check"]["sum"]), (write, check)
                )
                self.assertNotIn("Open", told)
            self.refresh()

    def test_steps_that_a_manager_classed_tell_it_too(self):
        definition = self.small(
            ("Write", 0, "", "ann"), ("Parked", 30, "", "ann"), ("Done", 90, "", "ann")
        )
        answer = definition.statistics()
        self.assertEqual(answer["time"], "time between steps")
        self.assertFalse(
            any(a["working"] or a["waiting"] for a in answer["activities"])
        )
        self.assertNotIn("paired", definition.quality()["counts"])
        self.named(definition, "Write").kind = "work"
        self.named(definition, "Parked").kind = "wait"
        answer = definition.with_user(self.reader).statistics()
        self.assertEqual(answer["time"], "waiting and working")
        self.assertEqual(self.figures(answer, "working")["Write"]["sum"], 1800)
        self.assertEqual(self.figures(answer, "waiting")["Parked"]["sum"], 3600)

    def test_xes_says_it_by_its_transition_and_comes_back_the_same(self):
        definition = self.small(
            ("Write", 0, "start", "ann"),
            ("Write", 30, "complete", "ann"),
            ("Check", 90, "start", "bob"),
        )
        expected = definition.statistics()
        answer = definition.export_xes()
        text = base64.b64decode(answer["data_base64"]).decode()
        self.assertEqual(text.count('value="start"'), 2)
        self.assertEqual(text.count('value="complete"'), 1)
        back = self.define()
        back.import_xes(answer["data_base64"])
        self.assertEqual(back.statistics(), expected)
        again = self.define()
        again.import_csv(
            definition.export_csv()["data_base64"],
            "case",
            "activity",
            "timestamp",
            resource="resource",
            attributes=["lifecycle"],
        )
        self.assertEqual(again.statistics(), expected)
        flat = self.define()
        flat.import_ocel(definition.export_ocel()["data_base64"], "case")
        self.assertEqual(flat.statistics(), expected)

    def test_the_ledger_says_it_by_the_attribute_lifecycle(self):
        case = self.env["res.partner"].create({"name": "One"})
        definition = self.definitions.create(
            {"name": "Work", "source": "ledger", "case_type": "test_times"}
        )
        for minute, says in ((0, "start"), (20, "complete")):
            self.env["event_hub.event"]._append(
                [
                    EventRow(
                        type="crm.test",
                        correlation="0" * 32,
                        occurred_at=MONDAY + timedelta(minutes=minute),
                        company_id=self.company.id,
                        case_type="test_times",
                        case_model="res.partner",
                        case_id=case.id,
                        activity="Train",
                        actor="ann",
                        attributes={"lifecycle": says},
                        history=True,
                    )
                ]
            )
            self.refresh()
        [train] = definition.statistics()["activities"]
        self.assertEqual(
            (train["count"], train["working"]["seconds"]["sum"]), (1, 1200)
        )

    def test_a_start_of_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        case = self.env["res.partner"].create({"name": "One"})
        definition = self.definitions.create(
            {
                "name": "Work",
                "source": "ledger",
                "case_type": "test_times",
                "company_id": False,
            }
        )
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type="crm.test",
                    correlation="0" * 32,
                    occurred_at=MONDAY + timedelta(minutes=minute),
                    company_id=company.id,
                    case_type="test_times",
                    case_model="res.partner",
                    case_id=case.id,
                    activity="Train",
                    attributes={"lifecycle": says},
                    history=True,
                )
                for minute, says, company in (
                    (0, "start", other),
                    (20, "complete", self.company),
                )
            ]
        )
        for _stored in (False, True):
            [train] = definition.with_user(self.reader).statistics()["activities"]
            self.assertEqual((train["count"], train["working"]), (1, False))
            self.refresh()
