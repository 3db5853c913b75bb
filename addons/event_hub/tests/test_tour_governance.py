"""Governing a rule in a real browser: charter, observe, act, and the switch for all rules."""

from odoo.tests import HttpCase, tagged

from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestGovernanceTours(HubCase, HttpCase):
    def test_a_rule_is_made_observes_and_is_switched_to_act(self):
        self.start_tour("/odoo/hub-rules", "event_hub_rule_govern", login="admin")
        rule = (
            self.env["base.automation"]
            .with_context(active_test=False)
            .search([("name", "=", "Tour: governed rule")])
        )
        self.assertEqual(
            (rule.governed, rule.active, rule.mode, rule.throttle_hours),
            (True, False, "observe", 24),
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": rule.model_id.id,
                "state": "code",
                "code": "records.write({'comment': 'seen'})",
                "usage": "base_automation",
                "base_automation_id": rule.id,
            }
        )
        self.start_tour("/odoo/hub-rules", "event_hub_rule_charter", login="admin")
        rule.invalidate_recordset()
        self.assertTrue(rule.active)
        partner = self.partners(1)
        self.event(partner)
        self.react()
        self.assertFalse(partner.comment)
        self.start_tour("/odoo/hub-rules", "event_hub_rule_act", login="admin")
        rule.invalidate_recordset()
        self.assertEqual(rule.mode, "act")
        self.event(partner)
        self.react()
        self.assertIn("seen", partner.comment)
        self.start_tour(
            "/odoo/hub-governance", "event_hub_governance_page", login="admin"
        )
