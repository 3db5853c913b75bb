"""Somebody answers for each automation rule that the suite ships."""

from pathlib import Path

from odoo.tests import TransactionCase, tagged

# Ready, and off until a manager wants them.
OFF = {
    "support_visibility.rule_escalate_broken",
    "support_visibility.rule_remind_broken",
}


@tagged("post_install", "-at_install")
class TestCharters(TransactionCase):
    def shipped(self):
        """:return: every automation rule that an addon of this checkout brings"""
        ours = [path.name for path in Path(__file__).parents[2].iterdir()]
        named = self.env["ir.model.data"].search(
            [("model", "=", "base.automation"), ("module", "in", ours)]
        )
        rules = self.env["base.automation"].with_context(active_test=False)
        return rules.browse(named.mapped("res_id")).exists()

    def test_every_shipped_rule_acts_under_a_whole_charter(self):
        self.assertGreaterEqual(len(self.shipped()), 3)
        for rule in self.shipped():
            with self.subTest(rule=rule.name):
                off = rule.get_external_id()[rule.id] in OFF
                self.assertEqual(rule.active, not off)
                self.assertTrue(rule.governed)
                self.assertEqual(rule.mode, "act")
                self.assertTrue(rule.charter_id)
                self.assertFalse(rule.charter_gaps)
                self.assertGreater(rule.charter_id.minutes_saved, 0)

    def test_a_database_of_yesterday_gets_them_and_a_persons_words_stay(self):
        rule = self.env.ref("saas_risk.rule_start_dunning")
        table = self.env["base.automation"]
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM event_hub_charter WHERE automation_id = %s", [rule.id]
        )
        self.env.cr.execute(
            "UPDATE base_automation SET governed = false WHERE id = %s", [rule.id]
        )
        self.env.invalidate_all()
        words = {
            "purpose": "As shipped",
            "approval_path": "none",
            "approval_reason": "None, because …",
        }
        self.assertTrue(table._put_in_force("saas_risk.rule_start_dunning", words))
        self.assertEqual((rule.governed, rule.mode, rule.active), (True, "act", True))
        rule.charter_id.purpose = "A person's words"
        self.assertFalse(table._put_in_force("saas_risk.rule_start_dunning", words))
        self.assertEqual(rule.charter_id.purpose, "A person's words")

    def test_somebody_answers_for_every_shipped_scheduled_action(self):
        ours = [path.name for path in Path(__file__).parents[2].iterdir()]
        named = self.env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "in", ours)]
        )
        crons = self.env["ir.cron"].with_context(active_test=False)
        shipped = crons.browse(named.mapped("res_id")).exists()
        self.assertGreater(len(shipped), 15)
        jobs = self.env["event_hub.job"].search([("cron_id", "in", shipped.ids)])
        self.assertFalse((shipped - jobs.cron_id).mapped("cron_name"))
        self.assertFalse(jobs.filtered("gaps").mapped("name"))
