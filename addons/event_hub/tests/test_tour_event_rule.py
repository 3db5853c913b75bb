"""The rule form in a real browser: it opens, whatever its trigger, and makes rules on business events."""

from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestRuleTours(HttpCase):
    def _rule(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        rule = self.env["base.automation"].create(
            {
                "name": "Tour: first rule",
                "model_id": model_id,
                "trigger": "on_business_event",
                "event_pattern": "risk.*",
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Tell",
                "model_id": model_id,
                "state": "code",
                "code": "pass",
                "usage": "base_automation",
                "base_automation_id": rule.id,
            }
        )

    def test_the_form_opens_a_rule_and_creates_another(self):
        self._rule()
        self.start_tour("/odoo/hub-rules", "event_hub_rule_form", login="admin")
        created = self.env["base.automation"].search(
            [("name", "=", "Tour: second rule")]
        )
        self.assertEqual(
            (created.trigger, created.event_pattern),
            ("on_business_event", "billing.payment_failed"),
        )
        self.assertEqual(created.owner_id, self.env.ref("base.user_admin"))

    def test_the_stock_triggers_can_still_be_chosen(self):
        self.start_tour(
            "/odoo/automations/new", "event_hub_rule_triggers", login="admin"
        )

    def test_a_hub_user_reads_what_a_rule_does(self):
        self._rule()
        new_test_user(
            self.env, "hub_reader", "event_hub.group_hub_user", password="hub_reader"
        )
        self.start_tour("/odoo/hub-rules", "event_hub_rule_read", login="hub_reader")
