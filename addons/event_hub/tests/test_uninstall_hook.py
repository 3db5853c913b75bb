from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub import hooks

from .common_outbox import HubCase


@tagged("post_install", "-at_install")
class TestUninstallHook(HubCase, TransactionCase):
    """What the removal itself cannot do; all of it is tried by tests/test_lifecycle.py."""

    def _uninstall(self):
        with mute_logger("odoo.addons.event_hub.hooks"):
            hooks.uninstall_hook(self.env)

    def test_no_trigger_and_no_secret_parameter_outlives_it(self):
        self._uninstall()
        self.env.cr.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.assertFalse(
            self.env["ir.config_parameter"].search([("key", "like", "event_hub.")])
        )

    def test_owners_hear_which_of_their_rules_end(self):
        rule = self.rule(model="res.partner", code="pass", name="My own rule")
        self._uninstall()
        told = self.env["mail.message"].search(
            [("subject", "=", "Rules removed with the Event Hub")]
        )
        self.assertIn("My own rule", told.body)
        self.assertIn(rule.owner_id.partner_id, told.partner_ids)

    def test_nobody_is_told_of_rules_that_came_with_addons(self):
        self.env["base.automation"].search(
            [("trigger", "=", "on_business_event")]
        ).filtered(lambda rule: not rule.get_external_id()[rule.id]).unlink()
        self._uninstall()
        self.assertFalse(
            self.env["mail.message"].search(
                [("subject", "=", "Rules removed with the Event Hub")]
            )
        )
