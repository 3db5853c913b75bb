"""Automation Rules on business events: planned with the fact, carried out apart from it."""

from datetime import datetime
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.models import event_hub_run
from odoo.addons.event_hub.tools import trace
from odoo.addons.event_hub.tools.event_row import EventRow

from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestPlanning(HubCase):
    def test_a_matching_event_plans_one_run_in_its_own_transaction(self):
        rule = self.rule()
        partner = self.partners(1)
        event = self.event(partner)
        run = self.runs(rule)
        self.assertEqual(
            (run.state, run.event_id, run.correlation),
            ("pending", event, event.correlation),
        )
        self.assertEqual(
            (run.res_model, run.res_id, run.actor_id),
            ("res.partner", partner.id, self.actor),
        )
        self.assertEqual(run.record_name, partner.display_name)

    def test_only_rules_of_the_pattern_and_the_model_are_planned(self):
        by_model = self.rule()
        any_model = self.rule(model="event_hub.event")
        other_type = self.rule(event_pattern="other.*")
        other_model = self.rule(model="res.company")
        self.event(self.partners(1))
        self.assertEqual(
            [
                len(self.runs(rule))
                for rule in (by_model, any_model, other_type, other_model)
            ],
            [1, 1, 0, 0],
        )

    def test_history_plans_nothing(self):
        rule = self.rule()
        self.event(self.partners(1), history=True)
        self.assertFalse(self.runs(rule))

    def test_an_archived_rule_is_forgotten_and_a_restored_one_hears_again(self):
        rule = self.rule()
        rule.active = False
        self.event(self.partners(1))
        self.assertFalse(self.runs(rule))
        rule.active = True
        self.event(self.partners(1))
        self.assertEqual(len(self.runs(rule)), 1)

    def test_planning_again_changes_nothing(self):
        rule = self.rule()
        event = self.event(self.partners(1))
        self.env["event_hub.run"]._plan(event)
        self.assertEqual(len(self.runs(rule)), 1)

    def test_the_database_itself_holds_one_run_for_each_event_and_rule(self):
        rule = self.rule()
        event = self.event(self.partners(1))
        run = self.runs(rule)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO event_hub_run (event_id, automation_id, state, planned_at)"
                " VALUES (%s, %s, 'pending', now())",
                [event.id, run.automation_id.id],
            )

    def test_events_without_listening_rules_cost_no_query(self):
        self.rule(event_pattern="other.*")
        event = self.event(self.partners(1))
        event.fetch(["type", "case_model"])
        self.env.cr.postcommit.clear()  # as after the rule was committed
        self.env["base.automation"]._hub_rules()
        before = self.env.cr.sql_log_count
        self.env["event_hub.run"]._plan(event)
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_what_nobody_hears_is_not_read_back(self):
        self.rule(event_pattern="other.*")
        row = EventRow("test.unheard", "a" * 32, datetime(2026, 3, 2, 12))
        ledger = self.env["event_hub.event"]
        ledger._append([row])
        self.env.cr.postcommit.clear()  # as after the rule was committed
        ledger._append([row])
        before = self.env.cr.sql_log_count
        ledger._append([row])
        self.assertEqual(self.env.cr.sql_log_count - before, 1)  # the row

    def test_a_loop_of_reactions_ends_at_eight_and_the_owner_is_told_once(self):
        rule = self.rule()
        partner = self.partners(1)
        self.event(partner, depth=7)
        self.event(partner, depth=8)
        self.event(partner, depth=9)
        self.assertEqual(self.runs(rule).mapped("state"), ["pending", "dead", "dead"])
        self.assertIn("trigger each other", self.runs(rule)[1].error)
        self.react()
        self.react()
        self.assertEqual(len(rule.activity_ids), 1)
        self.assertEqual(rule.activity_ids.user_id, self.owner)


@tagged("post_install", "-at_install")
class TestReacting(HubCase):
    def test_one_batch_runs_once_with_events_and_records_as_the_actor(self):
        rule = self.rule(
            "records[0].write({'comment': '%s|%s|%s|%s' % (len(records), len(events), env.user.login, env.su)})"
        )
        partners = self.partners(3)
        for partner in partners:
            self.event(partner)
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["done"] * 3)
        self.assertIn("3|3|hub_actor|False", partners[0].comment)
        self.assertEqual(self.runs(rule).run_as_id, self.actor)
        self.assertEqual(self.runs(rule).mapped("attempts"), [1, 1, 1])

    def test_several_events_about_one_record_give_the_record_once_and_the_events_in_order(
        self,
    ):
        self.rule(
            "records.write({'comment': '%s:%s' % (len(records), ','.join(events.mapped('type')))})"
        )
        partner = self.partners(1)
        self.event(partner, type="test.first")
        self.event(partner, type="test.second")
        self.react()
        self.assertIn("1:test.first,test.second", partner.comment)

    def test_a_rule_on_the_ledger_gets_the_events_as_records(self):
        rule = self.rule(
            "env['res.partner'].create({'name': records.type})", model="event_hub.event"
        )
        service = self.env.ref("event_hub.group_hub_user")
        self.actor.group_ids = [Command.link(service.id)]
        self.event(None, type="test.nothing_about")
        self.react()
        self.assertEqual(self.runs(rule).state, "done", self.runs(rule).error)
        self.assertTrue(
            self.env["res.partner"].search([("name", "=", "test.nothing_about")])
        )

    @mute_logger("odoo.addons.event_hub.models.event_hub_run")
    def test_a_failing_record_is_isolated_and_its_fact_is_kept(self):
        rule = self.rule("""
for record in records:
    record.write({'comment': 'seen'})
    if record.name == 'Partner 3':
        raise UserError('three is bad')
""")
        partners = self.partners(7)
        events = [self.event(partner) for partner in partners]
        self.react()
        runs = self.runs(rule)
        self.assertEqual(
            [run.state for run in runs], ["done"] * 3 + ["failed"] + ["done"] * 3
        )
        self.assertEqual(runs[3].error, "three is bad")
        self.assertEqual(
            [bool(partner.comment) for partner in partners],
            [True] * 3 + [False] + [True] * 3,
        )
        self.assertTrue(all(event.exists() for event in events))
        self.assertGreater(runs[3].next_try_at, fields.Datetime.now())

    @mute_logger("odoo.addons.event_hub.models.event_hub_run")
    def test_after_five_tries_it_is_dead_its_owner_is_told_and_retry_starts_over(self):
        rule = self.rule("if records[0].comment != 'fixed': raise UserError('no')")
        partner = self.partners(1)
        partner.comment = False
        self.event(partner)
        run = self.runs(rule)
        while run.state != "dead":
            run.write({"next_try_at": fields.Datetime.now()})
            self.react()
        self.assertEqual((run.state, run.attempts, run.next_try_at), ("dead", 5, False))
        self.assertEqual(rule.activity_ids.user_id, self.owner)
        rule.action_server_ids.code = "records.write({'comment': 'fixed'})"
        run.action_retry()
        self.assertEqual((run.state, run.attempts), ("pending", 0))
        self.react()
        self.assertEqual((run.state, run.error), ("done", False))

    @mute_logger("odoo.addons.event_hub.models.event_hub_run")
    def test_the_next_try_of_a_run_does_not_wait_for_the_minute(self):
        rule = self.rule("raise UserError('not yet')")
        self.event(self.partners(1))
        rung = []
        waker = self.registry["event_hub.waker"]
        self.patch(waker, "_wake_at", lambda _self, *job: rung.append(job))
        self.react()
        run = self.runs(rule)
        self.assertEqual(rung, [("event_hub.ir_cron_react", run.next_try_at)])

    @mute_logger("odoo.addons.event_hub.models.event_hub_run")
    def test_other_rules_on_the_same_event_do_not_suffer(self):
        bad, good = self.rule("1 / 0"), self.rule()
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertEqual(
            (self.runs(bad).state, self.runs(good).state), ("failed", "done")
        )
        self.assertIn("seen", partner.comment)
        self.assertIn("ZeroDivisionError", self.runs(bad).error)

    def test_a_database_error_in_one_rule_does_not_break_the_next(self):
        bad = self.rule("env.cr.execute('SELECT * FROM no_such_table')")
        good = self.rule()
        self.event(self.partners(1))
        with mute_logger("odoo.sql_db", "odoo.addons.event_hub.models.event_hub_run"):
            self.react()
        self.assertEqual(
            (self.runs(bad).state, self.runs(good).state), ("failed", "done")
        )

    def test_a_rule_in_the_way_of_another_transaction_begins_anew_and_has_not_failed(
        self,
    ):
        rule = self.rule()
        self.event(self.partners(1))
        run = self.runs(rule)
        reaction = self.registry["event_hub.reaction"]
        with (
            patch.object(reaction, "_carry_out", side_effect=ConcurrencyError),
            self.assertRaises(ConcurrencyError),
        ):
            run._react()
        self.assertEqual((run.state, run.attempts), ("pending", 0))

    def test_conditions_on_event_and_record_decide_who_is_skipped_and_why(self):
        rule = self.rule(
            event_domain="[('attributes.tier', '=', 'strategic'), ('type', '=', 'test.happened')]",
            filter_domain="[('name', '!=', 'Partner 2')]",
        )
        partners = self.partners(3)
        self.event(partners[0], attributes={"tier": "standard"})
        self.event(partners[1], attributes={"tier": "strategic"})
        self.event(partners[2], attributes={"tier": "strategic"})
        self.event(partners[1])
        self.react()
        runs = self.runs(rule)
        self.assertEqual(
            runs.mapped("state"), ["skipped", "done", "skipped", "skipped"]
        )
        self.assertIn("event condition", runs[0].error)
        self.assertIn("does not meet the rule's condition", runs[2].error)
        self.assertEqual(
            [bool(partner.comment) for partner in partners], [False, True, False]
        )

    def test_a_deleted_record_is_skipped_with_words(self):
        rule = self.rule()
        partner = self.partners(1)
        self.event(partner)
        partner.unlink()
        self.react()
        self.assertEqual(self.runs(rule).state, "skipped")
        self.assertIn("no longer exists", self.runs(rule).error)

    def test_switching_a_rule_off_skips_what_waits(self):
        rule = self.rule()
        self.event(self.partners(1))
        rule.active = False
        self.react()
        self.assertEqual(self.runs(rule).state, "skipped")

    def test_a_rule_with_runs_is_archived_instead_of_deleted(self):
        rule = self.rule()
        self.event(self.partners(1))
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            rule.unlink()
        self.rule(name="Without runs").unlink()

    def test_the_log_can_be_read_when_what_it_points_to_is_gone(self):
        rule = self.rule()
        self.event(self.partners(1), actor_id=987654321)
        run = self.runs(rule)
        self.env.invalidate_all()
        named = {"fields": {"display_name": {}}}
        spec = {
            "automation_id": named,
            "actor_id": named,
            "event_id": named,
            "company_id": named,
        }
        values = run.with_user(self.env.ref("base.user_admin")).web_read(spec)[0]
        self.assertFalse(values["actor_id"])
        self.assertEqual(values["automation_id"]["display_name"], rule.name)

    def test_editing_an_unrelated_rule_does_not_lose_ours(self):
        rule = self.rule()
        other = self.env["base.automation"].create(
            {
                "name": "Stock rule",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_create",
            }
        )
        other.write({"trigger": "on_create_or_write"})
        other.active = False
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertEqual(self.runs(rule).state, "done")

    def test_more_runs_than_one_fetch_are_all_carried_out(self):
        self.patch(event_hub_run, "FETCH", 5)
        rule = self.rule("pass")
        for partner in self.partners(13):
            self.event(partner)
        self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["done"] * 13)

    def test_runs_in_the_hands_of_another_worker_do_not_keep_this_one_busy(self):
        rule = self.rule()
        self.event(self.partners(1)[0])
        asked = []

        def locked_elsewhere(runs, ids):
            asked.append(ids)
            self.assertLess(len(asked), 9, "it spins")
            return runs.browse()

        self.patch(type(self.runs(rule)), "_lock_due", locked_elsewhere)
        self.react()
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.runs(rule).state, "pending")

    def test_what_the_action_emits_carries_the_story_on(self):
        self.rule("""
env['event_hub.event'].sudo()._test_emit_from(records)
""")
        emitted = []

        def emit(ledger, records):
            emitted.extend(
                trace.find(record._name, record.id, None) for record in records
            )

        partners = self.partners(2)
        events = [self.event(partners[0], depth=2), self.event(partners[1])]
        with patch.object(
            type(self.env["event_hub.event"]), "_test_emit_from", emit, create=True
        ):
            self.react()
        self.assertEqual(
            [found.correlation for found in emitted],
            [event.correlation for event in events],
        )
        self.assertEqual(
            [found.causation for found in emitted], [event.id for event in events]
        )
        self.assertEqual([found.depth for found in emitted], [3, 1])
