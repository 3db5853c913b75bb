"""What each rule is worth, who answers for it, and which have had their day."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_governance import GovernedCase


@tagged("post_install", "-at_install")
class TestGovernancePage(GovernedCase):
    def row(self, rule, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["event_hub.governance"]
            .with_user(user or self.admin)
            .browse(rule.id)
        )

    def found(self, domain):
        self.env.flush_all()
        table = self.env["event_hub.governance"].with_user(self.admin)
        return table.search(domain).automation_id

    def acting(self, **vals):
        rule = self.governed(**vals)
        self.as_admin(rule).action_switch_to_act()
        return rule

    def test_figures_count_what_was_done_failed_and_undone(self):
        rule = self.acting(
            code="if records.filtered(lambda r: r.name == 'Partner 1'): raise UserError('no')"
        )
        for partner in self.partners(4):
            self.event(partner)
        with mute_logger("odoo.addons.event_hub.models.event_hub_run"):
            self.react()
        self.runs(rule).filtered(lambda r: r.state == "done")[0].action_mark_override(
            "Undone"
        )
        row = self.row(rule)
        self.assertEqual((row.runs, row.done, row.failed, row.overridden), (4, 3, 1, 1))
        self.assertEqual(row.minutes_saved, 2 * 5)
        self.assertTrue(row.last_run_at)
        self.assertEqual((row.mode, row.is_on, row.governed), ("act", True, True))
        self.assertEqual(row.owner_id, self.owner)

    def test_filters_find_what_they_say(self):
        whole, gap = self.acting(), self.governed(complete=False)
        plain, held = self.rule(), self.rule()
        self.as_admin(held).action_pause("Wait")
        orphan = self.rule(owner_id=self.actor.id)
        self.actor.active = False
        mine = [("id", "in", (whole + gap + plain + held + orphan).ids)]
        for domain, expected in (
            ([("governed", "=", True), ("has_gap", "=", True)], gap),
            ([("has_gap", "=", False)], whole + plain + held + orphan),
            ([("ownerless", "=", True)], orphan),
            ([("paused", "=", True)], held),
            ([("mode", "=", "observe")], gap),
            ([("is_on", "=", False)], gap),
            ([("status", "=", "paused")], held),
            ([("status", "=", "off")], gap),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.found([*mine, *domain]), expected)

    def test_idle_and_worthless_rules_are_retire_candidates_with_a_reason(self):
        never, idle, young = self.rule(), self.rule(), self.rule()
        self.event(self.partners(1), type="test.happened")
        self.react()
        old = fields.Datetime.now() - timedelta(days=120)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE base_automation SET create_date = %s WHERE id = ANY(%s)",
            [old, (never + idle).ids],
        )
        self.env.cr.execute(
            "DELETE FROM event_hub_run WHERE automation_id = %s", [never.id]
        )
        self.env.cr.execute(
            "UPDATE event_hub_run SET planned_at = %s WHERE automation_id = %s",
            [old, idle.id],
        )
        self.env.invalidate_all()
        mine = [("id", "in", (never + idle + young).ids)]
        self.assertEqual(self.found([*mine, ("retire", "=", True)]), never + idle)
        self.assertEqual(self.found([*mine, ("retire", "=", False)]), young)
        self.assertIn("never run", self.row(never).retire_why)
        self.assertIn("never run", self.row(never).attention)
        self.assertIn("not run for 90 days", self.row(idle).retire_why)
        self.assertEqual(self.row(idle).last_run_at, old.replace(microsecond=0))

    def test_the_switches_work_from_here_on_many_rules(self):
        rules = self.governed() + self.governed()
        rows = self.row(rules[0]) + self.row(rules[1])
        rows.action_switch_to_act()
        self.assertEqual(rules.mapped("mode"), ["act", "act"])
        wizard = self.env["event_hub.reason"].with_user(self.admin)
        wizard.with_context(
            active_model="event_hub.governance", active_ids=rows.ids
        ).create({"method": "action_switch_off", "reason": "Replaced"}).action_confirm()
        self.assertEqual(rules.mapped("active"), [False, False])
        last = self.env["event_hub.rule_version"].search(
            [("automation_id", "=", rules[0].id)], limit=1
        )
        self.assertIn("Switched off: Replaced", last.diff)
        with self.assertRaises(AccessError):
            rows.with_user(self.reader).action_switch_to_observe()
        with self.assertRaises(UserError):
            self.as_admin(rules).action_switch_off("")

    def test_figures_are_of_the_readers_companies_only(self):
        company = self.env["res.company"].create({"name": "Second"})
        rule = self.rule()
        self.event(self.partners(1), company_id=company.id)
        self.assertEqual(self.row(rule, self.reader).runs, 0)
        self.env.invalidate_all()
        self.assertEqual(
            self.env["event_hub.governance"].sudo().browse(rule.id).runs, 1
        )

    def test_the_page_costs_a_fixed_number_of_queries(self):
        rules = self.rule()
        for _number in range(5):
            rules += self.rule()
        names = ["runs", "minutes_saved", "ownerless", "retire_why", "last_run_at"]
        table = self.env["event_hub.governance"].with_user(self.admin)
        one, many = table.browse(rules[0].id), table.browse(rules.ids)
        costs = []
        for rows in (one, one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.read(names)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[1], costs[2])

    def test_the_switch_for_all_shows_and_makes_health_speak(self):
        rules = self.env["base.automation"].with_user(self.admin)
        self.assertEqual(rules.pause_all_status(), {"paused": False, "words": ""})
        monitor = self.env["event_hub.monitor"].sudo()
        self.assertTrue(monitor._health_checks()["automation"][0])
        rules.action_pause_all("Trouble")
        self.assertIn("Trouble", rules.pause_all_status()["words"])
        good, words = monitor._health_checks()["automation"]
        self.assertFalse(good)
        self.assertNotIn(self.admin.name, words)

    def test_what_a_person_holds_is_not_late(self):
        rule = self.rule()
        self.event(self.partners(1))
        self.runs(rule).write(
            {"next_try_at": fields.Datetime.now() - timedelta(hours=2)}
        )
        self.env.flush_all()
        monitor = self.env["event_hub.monitor"].sudo()
        self.assertGreater(monitor._measure()["runs"][2], 7000)
        self.as_admin(rule).action_pause("Wait")
        self.env.flush_all()
        self.assertLess(monitor._measure()["runs"][2], 7000)
