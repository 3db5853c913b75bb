"""Automation Rules on business events: planned with the fact, carried out apart from it."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.models.event_hub_run import FETCH
from odoo.addons.event_hub.tools import trace
from odoo.addons.event_hub.tools.attribute_domain import with_attributes

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
        self.env["base.automation"]._hub_rules()
        before = self.env.cr.sql_log_count
        self.env["event_hub.run"]._plan(event)
        self.assertEqual(self.env.cr.sql_log_count, before)

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
        for _try in range(5):
            self.runs(rule).write({"next_try_at": fields.Datetime.now()})
            self.react()
        run = self.runs(rule)
        self.assertEqual((run.state, run.attempts, run.next_try_at), ("dead", 5, False))
        self.assertEqual(rule.activity_ids.user_id, self.owner)
        rule.action_server_ids.code = "records.write({'comment': 'fixed'})"
        run.action_retry()
        self.assertEqual((run.state, run.attempts), ("pending", 0))
        self.react()
        self.assertEqual((run.state, run.error), ("done", False))

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
        rule = self.rule("pass")
        partners = self.partners(FETCH + 3)
        for partner in partners:
            self.event(partner)
        self.react()
        self.assertEqual(set(self.runs(rule).mapped("state")), {"done"})

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


@tagged("post_install", "-at_install")
class TestAsWhom(HubCase):
    CODE = "records.write({'comment': env.user.login + '@' + env.company.name})"

    def _ran(self, **event_values):
        rule = self.rule(self.CODE)
        partner = self.partners(1)
        self.event(partner, **event_values)
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            self.react()
        return self.runs(rule), partner

    def test_the_events_actor_acts_in_the_events_company(self):
        run, partner = self._ran()
        self.assertEqual(run.state, "done", run.error)
        self.assertIn("hub_actor@" + self.company.name, partner.comment)

    def test_without_an_actor_the_owner_acts(self):
        run, partner = self._ran(actor_id=None, actor="system")
        self.assertEqual((run.state, run.run_as_id), ("done", self.owner))

    def test_an_archived_actor_is_replaced_by_the_owner(self):
        self.actor.active = False
        run, partner = self._ran()
        self.assertEqual((run.state, run.run_as_id), ("done", self.owner))

    def test_the_superuser_is_nobody(self):
        run, partner = self._ran(actor_id=1, actor="__system__")
        self.assertEqual((run.state, run.run_as_id), ("done", self.owner))

    def test_an_actor_of_another_company_is_replaced_by_the_owner(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.owner.company_ids = [Command.link(company.id)]
        run, partner = self._ran(company_id=company.id)
        self.assertEqual((run.state, run.run_as_id), ("done", self.owner), run.error)
        self.assertIn("hub_owner@Second", partner.comment)

    def test_unknown_fails_closed_with_words(self):
        (self.actor + self.owner).active = False
        run, partner = self._ran()
        self.assertEqual(run.state, "failed")
        self.assertIn("Nobody may run this", run.error)
        self.assertFalse(partner.comment)

    def test_the_action_has_the_actors_rights_and_no_more(self):
        rule = self.rule("env['ir.config_parameter'].set_param('hub', 'taken')")
        self.event(self.partners(1))
        with mute_logger(
            "odoo.addons.event_hub.models.event_hub_run",
            "odoo.addons.base.models.ir_model",
        ):
            self.react()
        self.assertEqual(self.runs(rule).state, "failed")
        self.assertFalse(self.env["ir.config_parameter"].get_param("hub"))

    def test_an_action_without_code_needs_the_actors_write_access(self):
        reader = new_test_user(self.env, "hub_reader", "base.group_user")
        rule = self.rule()
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        rule.action_server_ids.write(
            {
                "state": "object_write",
                "update_field_id": field.id,
                "update_path": "ref",
                "value": "written",
            }
        )
        partners = self.partners(2)
        self.event(partners[0], actor_id=reader.id)
        self.event(partners[1])
        with mute_logger(
            "odoo.addons.event_hub.models.event_hub_run",
            "odoo.addons.base.models.ir_actions",
            "odoo.addons.base.models.ir_model",
        ):
            self.react()
        self.assertEqual(self.runs(rule).mapped("state"), ["failed", "done"])
        self.assertEqual(partners.mapped("ref"), [False, "written"])


@tagged("post_install", "-at_install")
class TestClosedDoors(HubCase):
    def test_nobody_runs_an_event_rules_action_by_hand(self):
        rule = self.rule()
        partner = self.partners(1)
        action = rule.action_server_ids
        context = {
            "active_model": "res.partner",
            "active_id": partner.id,
            "active_ids": partner.ids,
        }
        for user in (self.env.ref("base.user_admin"), self.actor):
            with self.assertRaises(UserError):
                action.with_user(user).with_context(**context).run()
        with self.assertRaises(UserError):
            rule._process(partner)  # what the stock webhook does
        self.assertFalse(partner.comment)

    def test_runs_are_not_created_or_moved_by_hand(self):
        rule = self.rule()
        self.event(self.partners(1))
        run = self.runs(rule)
        with self.assertRaises(UserError):
            self.env["event_hub.run"].create({"event_id": 1, "automation_id": rule.id})
        with self.assertRaises(UserError):
            run.write({"state": "done"})
        admin = self.env.ref("base.user_admin")
        for attempt in (
            lambda: run.with_user(admin).write({"error": "x"}),
            lambda: run.with_user(admin).unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_only_hub_administrators_retry(self):
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        rule = self.rule()
        self.event(self.partners(1))
        with self.assertRaises(AccessError):
            self.runs(rule).with_user(user).action_retry()
        with self.assertRaisesRegex(UserError, "Only failed or dead"):
            self.runs(rule).action_retry()

    def test_hub_users_see_event_rules_but_not_the_webhooks_of_others(self):
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        rule = self.rule()
        stock = self.env["base.automation"].create(
            {
                "name": "Stock rule",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_webhook",
            }
        )
        seen = self.env["base.automation"].with_user(user).search([])
        self.assertIn(rule, seen)
        self.assertNotIn(stock, seen)
        self.assertTrue(rule.with_user(user).event_sentence)
        self.assertIn(
            stock,
            self.env["base.automation"]
            .with_user(self.env.ref("base.user_admin"))
            .search([]),
        )

    def test_hub_users_can_open_form_and_kanban_of_a_rule(self):
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        rule = self.rule().with_user(user)
        for kind in ("form", "kanban"):
            view = rule.get_views([(False, kind)])
            names = view["models"]["base.automation"]["fields"]
            shown = {
                name
                for name in names
                if f'name="{name}"' in view["views"][kind]["arch"]
            }
            relational = {name for name in shown if rule._fields[name].relational}
            self.env.invalidate_all()
            values = rule.web_read(
                {name: {"fields": {"display_name": {}}} for name in relational}
            )[0]
            self.assertEqual(
                values["action_server_ids"][0]["display_name"], "Test action"
            )

    def test_other_companies_runs_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Second"})
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        rule = self.rule()
        self.event(self.partners(1), company_id=company.id)
        self.assertFalse(
            self.env["event_hub.run"]
            .with_user(user)
            .search([("automation_id", "=", rule.id)])
        )


@tagged("post_install", "-at_install")
class TestRuleForm(HubCase):
    def test_a_rule_needs_event_types(self):
        with self.assertRaisesRegex(ValidationError, "fill in Event Types"):
            self.rule(event_pattern=False)
        with self.assertRaisesRegex(ValidationError, "Billing"):
            self.rule(event_pattern="risk.*, Billing!")

    def test_a_condition_that_cannot_be_used_is_refused_when_saved(self):
        for field, text in (
            ("event_domain", "[('no_such_field', '=', 1)]"),
            ("event_domain", "[('attributes.x', 'child_of', 1)]"),
            ("event_domain", "[('type', '=', env)]"),
            ("event_domain", "[('type', '=', ().__class__)]"),
            ("event_domain", "not a domain"),
            ("filter_domain", "[('no_such_field', '=', 1)]"),
        ):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.rule(**{field: text})

    def test_the_rule_reads_as_a_sentence(self):
        rule = self.rule(
            event_pattern="risk.*, billing.payment_failed",
            event_domain="[('type', '!=', 'x')]",
        )
        sentence = rule.event_sentence
        for part in (
            "risk.* or billing.payment_failed",
            "Contact",
            "conditions hold",
            "Test action",
            "hub_owner",
        ):
            self.assertIn(part, sentence)

    def test_figures_of_a_rule(self):
        rule = self.rule(
            "if records.filtered(lambda r: r.name == 'Partner 1'): raise UserError('no')"
        )
        for partner in self.partners(2):
            self.event(partner)
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            self.react()
        self.event(self.partners(1))
        rule.invalidate_recordset()
        self.assertEqual(
            (rule.run_count, rule.run_failed_count, rule.run_pending_count), (3, 1, 1)
        )
        self.assertTrue(rule.last_run_at)


@tagged("post_install", "-at_install")
class TestAttributeConditions(HubCase):
    def test_searching_the_ledger_by_attribute_agrees_with_the_policy(self):
        cases = [
            {"tier": "strategic", "failures": 3, "late": True, "plan": {"code": "pro"}},
            {"tier": "Standard_1", "failures": 2.5, "late": False, "note": ""},
            {"failures": "3", "note": None},
            {},
        ]
        events = self.env["event_hub.event"].union(
            *(self.event(None, attributes=case) for case in cases)
        )
        conditions = [
            ("tier", "=", "strategic"), ("tier", "!=", "strategic"), ("tier", "in", ["strategic", False]),
            ("tier", "not in", ["strategic"]), ("failures", ">=", 3), ("failures", "<", 3), ("failures", "=", 3),
            ("failures", "=", 3.0), ("failures", ">", "2"), ("late", "=", True), ("late", "=", False),
            ("tier", "ilike", "STAND"), ("tier", "like", "STAND"), ("tier", "like", "d_1"), ("tier", "like", "_"),
            ("tier", "not ilike", "x"), ("plan.code", "=", "pro"), ("plan.code", "!=", False), ("note", "=", False),
            ("failures", "<=", True), ("missing", "in", []), ("tier", "=", "'; DROP TABLE x; --"),
        ]  # fmt: skip
        for path, operator, operand in conditions:
            condition = ("attributes." + path, operator, operand)
            with self.subTest(condition=condition):
                found = events.search([("id", "in", events.ids), condition], order="id")
                expected = events.filtered_domain(with_attributes([condition])).sorted(
                    "id"
                )
                self.assertEqual(found, expected)

    def test_the_condition_editor_of_the_form_accepts_attributes(self):
        ledger = self.env["event_hub.event"]
        self.event(None, attributes={"tier": "strategic"})
        self.assertGreaterEqual(
            ledger.search_count([("attributes.tier", "=", "strategic")]), 1
        )
        with self.assertRaises(ValueError):
            ledger.search([("attributes.tier", "child_of", 1)])
