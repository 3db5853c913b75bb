"""Rules that wait before they run, and rules that run once per case and period."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimeoutError_
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import api, fields
from odoo.exceptions import ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestDelay(HubCase):
    def test_a_run_is_planned_for_later_and_a_trigger_is_stored(self):
        rule = self.rule(event_delay_minutes=90)
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search([])
        partner = self.partners(1)
        self.event(partner)
        self.event(self.partners(1))
        runs = self.runs(rule)
        wait = runs[0].next_try_at - runs[0].planned_at
        self.assertEqual(wait, timedelta(minutes=90))
        made = triggers.search([]) - before
        self.assertEqual(made.cron_id, self.env.ref("event_hub.ir_cron_react"))
        self.assertEqual(len(set(made.mapped("call_at"))), len(made))
        self.assertLessEqual(
            len(made), 2
        )  # two, if the minute ended between the events
        self.assertGreaterEqual(min(made.mapped("call_at")), runs[0].next_try_at)
        self.react()
        self.assertEqual(runs.mapped("state"), ["pending", "pending"])
        self.assertFalse(partner.comment)

    def test_the_conditions_are_looked_at_when_it_runs(self):
        rule = self.rule(event_delay_minutes=5, filter_domain="[('ref', '=', 'late')]")
        partners = self.partners(2)
        partners[0].ref = "late"
        for partner in partners:
            self.event(partner)
        partners[0].ref = "paid"
        partners[1].ref = "late"
        self.runs(rule).write({"next_try_at": fields.Datetime.now()})
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["skipped", "done"])

    def test_a_changed_delay_counts_for_the_next_event(self):
        rule = self.rule(event_delay_minutes=5)
        self.event(self.partners(1))
        rule.event_delay_minutes = 0
        self.event(self.partners(1))
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["pending", "done"])

    def test_a_delay_or_period_below_zero_is_refused(self):
        for vals in ({"event_delay_minutes": -1}, {"throttle_hours": -0.5}):
            with self.assertRaisesRegex(ValidationError, "between zero and a year"):
                self.rule(**vals)

    def test_the_sentence_says_when_and_how_often(self):
        sentence = self.rule(event_delay_minutes=30, throttle_hours=24).event_sentence
        self.assertIn("30 minutes later", sentence)
        self.assertIn("once for each record in 24 hours", sentence)
        rule = self.rule()
        self.assertIn("once for each event", rule.event_sentence)
        rule.throttle_hours = 2
        self.assertIn("once for each record in 2 hours", rule.event_sentence)


@tagged("post_install", "-at_install")
class TestThrottle(HubCase):
    COUNT = "for r in records: r.write({'color': r.color + 1})"

    def test_a_case_is_acted_on_once_in_one_batch_and_over_batches(self):
        rule = self.rule(self.COUNT, throttle_hours=24)
        one, two = self.partners(2)
        for partner in (one, two, one):
            self.event(partner)
        self.react()
        self.event(one)
        self.react()
        self.assertEqual((one.color, two.color), (1, 1))
        runs = self.runs(rule)
        self.assertEqual(runs.mapped("state"), ["done", "done", "skipped", "skipped"])
        self.assertIn("once for each record in 24 hours", runs[2].error)

    def test_it_runs_again_when_the_period_is_over(self):
        self.rule(self.COUNT, throttle_hours=2)
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.event(partner)
        later = fields.Datetime.now() + timedelta(hours=2, seconds=1)
        with patch.object(fields.Datetime, "now", lambda *args: later):
            self.react()
        self.assertEqual(partner.color, 2)

    def test_events_that_do_not_meet_the_conditions_do_not_use_up_the_period(self):
        rule = self.rule(
            self.COUNT, throttle_hours=24, event_domain="[('attributes.go', '=', 1)]"
        )
        partner = self.partners(1)
        self.event(partner, attributes={"go": 0})
        self.react()
        self.event(partner, attributes={"go": 1})
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["skipped", "done"])

    @mute_logger("odoo.addons.event_hub.models.event_hub_run")
    def test_a_failed_try_leaves_the_period_open_for_its_retry(self):
        rule = self.rule(
            "if not records.ref: raise UserError('no')\n" + self.COUNT,
            throttle_hours=24,
        )
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertEqual(self.runs(rule).state, "failed")
        partner.ref = "x"
        self.runs(rule).write({"next_try_at": fields.Datetime.now()})
        self.react()
        self.assertEqual((self.runs(rule).state, partner.color), ("done", 1))

    def test_each_rule_and_each_case_has_a_period_of_its_own(self):
        first = self.rule(self.COUNT, throttle_hours=24)
        second = self.rule(self.COUNT, throttle_hours=24)
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertEqual(
            (self.runs(first).state, self.runs(second).state), ("done", "done")
        )

    def test_two_workers_cannot_both_open_a_case(self):
        """The claim is one statement on a unique key: the second taker gets nothing."""
        rule = self.rule(throttle_hours=24)
        table = self.env["event_hub.throttle"]
        now = fields.Datetime.now()
        cases = [("res.partner", 2), ("res.partner", 1)]
        self.assertEqual(table._take(rule, cases, now), set(cases))
        self.assertEqual(table._take(rule, cases, now), set())
        with self.assertQueryCount(1):
            table._take(rule, [("res.partner", n) for n in range(200)], now)

    def test_of_two_workers_at_the_same_moment_one_begins_again_and_finds_it_closed(
        self,
    ):
        """On two real connections: the unique key decides, whatever either has read."""
        rule = SimpleNamespace(id=-1, throttle_hours=1)
        now = fields.Datetime.now()
        case = ("res.partner", 1)
        connection = db_connect(self.env.cr.dbname)

        def take(cr):
            table = api.Environment(cr, 1, {})["event_hub.throttle"]
            return table._take(rule, [case], now)

        with connection.cursor() as first, connection.cursor() as second:
            for cr in (first, second):
                cr.execute("SELECT count(*) FROM event_hub_throttle")  # their snapshots
            try:
                self.assertEqual(take(first), {case})
                with ThreadPoolExecutor(1) as pool, mute_logger("odoo.sql_db"):
                    waiting = pool.submit(take, second)
                    with self.assertRaises(TimeoutError_):
                        waiting.result(timeout=0.3)
                    first.commit()  # pylint: disable=invalid-commit
                    with self.assertRaises(SerializationFailure):
                        waiting.result(timeout=10)
                second.rollback()
                self.assertEqual(take(second), set())
            finally:
                second.rollback()
                first.execute("DELETE FROM event_hub_throttle WHERE automation_id = -1")
                first.commit()  # pylint: disable=invalid-commit

    def test_closed_periods_that_are_over_are_cleared_away(self):
        rule = self.rule(throttle_hours=1)
        table = self.env["event_hub.throttle"]
        now = fields.Datetime.now()
        table._take(rule, [("res.partner", 1)], now - timedelta(hours=3))
        table._take(rule, [("res.partner", 2)], now)
        table._gc_open()
        left = table.search([("automation_id", "=", rule.id)])
        self.assertEqual(left.mapped("res_id"), [2])

    def test_rules_without_a_period_cost_no_query_for_it(self):
        rule = self.rule()
        self.event(self.partners(1))
        pairs = [(run, run.event_id) for run in self.runs(rule)]
        rule.fetch(["throttle_hours"])
        with self.assertQueryCount(0):
            self.env["event_hub.reaction"]._throttled(rule, pairs)


@tagged("post_install", "-at_install")
class TestCostForOthers(HubCase):
    def test_a_write_on_a_model_without_rules_costs_what_it_did(self):
        self.rule(event_delay_minutes=3, throttle_hours=3, model="res.company")
        other = self.env["res.partner.industry"].create({"name": "Shipping"})
        self.env.cr.postcommit.clear()  # as after the rule was committed
        other.name = "warm"
        self.env.flush_all()
        with self.assertQueryCount(1):
            other.name = "Sailing"
            other.flush_recordset()
