import csv
import io
import random
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import oracle, oracle_flow
from .common import SMALL, ProcessCase

SPLIT = {day: [(8, 12), (13, 17.5)] for day in range(5)} | {5: [(9, 11)]}
HOLIDAY = date(2026, 3, 30)  # the Monday after Berlin puts its clocks forward


def random_log(seed, cases=12, names=5):
    """Events at whole minutes over some weeks, some at the same time; ``(case, activity, moment, {})``."""
    draw = random.Random(seed)
    events = []
    for case in range(cases):
        moment = datetime(2026, 3, 20) + timedelta(minutes=draw.randrange(20_000))
        for _step in range(draw.randrange(1, 9)):
            activity = f"step {draw.randrange(names)}"
            events.append((f"C{case}", activity, moment, {}))
            moment += timedelta(minutes=draw.choice([0, 1, 45, 600, 4_000]))
    return events


def as_csv(events):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time"])
    writer.writerows((case, name, at.isoformat()) for case, name, at, _a in events)
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestStatistics(ProcessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Split shifts",
                "tz": "Europe/Berlin",
                "company_id": cls.company.id,
                "attendance_ids": [
                    (5, 0, 0),
                    *(
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
                        for day, hours in SPLIT.items()
                        for low, high in hours
                    ),
                ],
                "leave_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Holiday",
                            "date_from": "2026-03-29 22:00:00",
                            "date_to": "2026-03-30 22:00:00",
                        },
                    )
                ],
            }
        )

    def both(self, definition):
        """Ask twice: worked out from the events, then from what is stored."""
        yield definition.statistics()
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.assertEqual(definition._stale_state(), (0, False))
        yield definition.statistics()

    def test_random_logs_give_the_oracles_figures(self):
        for seed in range(20):
            events = random_log(seed)
            activities, moves = oracle_flow.statistics(oracle.traces(events))
            for answer in self.both(self.define(as_csv(events))):
                with self.subTest(seed=seed):
                    self.assertEqual(
                        {
                            a["name"]: (a["count"], a["cases"], a["max_repetition"])
                            for a in answer["activities"]
                        },
                        activities,
                    )
                    self.assertEqual(self._moves(answer), self._rounded(moves))

    def _moves(self, answer):
        return {
            (m["source"], m["target"]): (
                m["count"],
                m["cases"],
                m["max_repetition"],
                {name: round(value, 4) for name, value in m["seconds"].items()},
            )
            for m in answer["transitions"]
        }

    def _rounded(self, moves):
        return {
            pair: (*counts, {name: round(value, 4) for name, value in found.items()})
            for pair, (*counts, found) in moves.items()
        }

    def test_without_a_calendar_no_business_time_is_told(self):
        answer = self.define(as_csv(random_log(1))).statistics()
        self.assertEqual(
            {move["business_seconds"] for move in answer["transitions"]}, {False}
        )

    def test_business_time_is_that_of_a_count_minute_by_minute(self):
        zone = ZoneInfo("Europe/Berlin")
        for seed in range(3):
            events = random_log(seed, cases=6)
            definition = self.define(as_csv(events))
            definition.calendar_id = self.calendar
            expected = {}
            for steps in oracle.traces(events).values():
                for (source, left, _a), (target, right, _b) in zip(
                    steps, steps[1:], strict=False
                ):
                    expected.setdefault((source, target), []).append(
                        60
                        * oracle_flow.business_minutes(
                            left.replace(tzinfo=timezone.utc),
                            right.replace(tzinfo=timezone.utc),
                            zone,
                            SPLIT,
                            {HOLIDAY},
                        )
                    )
            for answer in self.both(definition):
                with self.subTest(seed=seed):
                    self.assertEqual(
                        {
                            (m["source"], m["target"]): m["business_seconds"]["sum"]
                            for m in answer["transitions"]
                        },
                        {pair: sum(values) for pair, values in expected.items()},
                    )

    def test_changed_working_hours_count_from_the_next_look(self):
        definition = self.define(
            "case,activity,time\nA,Open,2026-03-23 07:00\nA,Close,2026-03-23 16:00\n"
        )
        definition.calendar_id = self.calendar
        [before] = definition.statistics()["transitions"]
        self.assertEqual(before["business_seconds"]["sum"], 8 * 3600)
        while self.env["process_intelligence.store"]._refresh():
            pass
        self.calendar.attendance_ids.filtered(
            lambda hours: hours.hour_from == 13
        ).unlink()
        [after] = definition.statistics()["transitions"]
        self.assertEqual(after["business_seconds"]["sum"], 4 * 3600)

    def asked(self, definition, user, calendar):
        """:return: business seconds after the step Ask, when this user has the calendar read"""
        self.env["process_intelligence.opening"]._forget(calendar)
        moves = definition.with_user(user).statistics()["transitions"]
        [move] = [move for move in moves if move["source"] == "Ask"]
        return move["business_seconds"]["sum"]

    def test_holidays_of_other_companies_close_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        calendar = self.env["resource.calendar"].create(
            {"name": "Ours", "tz": "UTC", "company_id": self.company.id}
        )
        self.env["resource.calendar.leaves"].with_company(other).create(
            {"date_from": "2026-03-03 00:00:00", "date_to": "2026-03-03 23:59:59"}
        )
        definition = self.define(SMALL)
        definition.calendar_id = calendar
        for user in (self.env.ref("base.user_root"), self.reader):
            self.assertEqual(self.asked(definition, user, calendar), 8 * 3600)

    def test_hours_are_the_same_whoever_asks_first(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Everybody's", "tz": "UTC", "company_id": False}
        )
        other = self.env["res.company"].create({"name": "Other"})
        self.env["resource.calendar.leaves"].with_company(other).create(
            {
                "calendar_id": calendar.id,
                "date_from": "2026-03-03 00:00:00",
                "date_to": "2026-03-03 23:59:59",
            }
        )
        definition = self.define(SMALL)
        definition.calendar_id = calendar
        first, second = (
            self.asked(definition, user, calendar)
            for user in (self.env.ref("base.user_root"), self.reader)
        )
        self.assertEqual((first, second), (24_600, 24_600))

    def test_two_who_read_a_calendar_at_once_are_served_one_after_the_other(self):
        calendar = self.env.ref("resource.resource_calendar_std")
        openings = self.env["process_intelligence.opening"]
        openings._forget(calendar)
        drop = "DELETE FROM process_intelligence_opening WHERE calendar_id = %s"
        with closing(self.registry.cursor()) as other:
            self.addCleanup(self._committed, drop, calendar.id)
            other.execute(
                "INSERT INTO process_intelligence_opening (calendar_id, starts, ends, before)"
                " SELECT %s, at, at + interval '1 hour', 0"
                " FROM generate_series('2026-01-01'::timestamp, '2026-06-01', '1 hour') AS at",
                [calendar.id],
            )
            other.commit()
        # which has the request tried again
        with (
            self.assertRaises(SerializationFailure),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            openings._cover(calendar, datetime(2026, 3, 2), datetime(2026, 3, 5))

    def _committed(self, query, *values):
        with closing(self.registry.cursor()) as other:
            other.execute(query, values)
            other.commit()
