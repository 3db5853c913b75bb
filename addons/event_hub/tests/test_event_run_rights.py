"""As whom rules run, and who may touch what they did."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_outbox import HubCase


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
