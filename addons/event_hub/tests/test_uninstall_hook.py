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

    def test_tables_that_go_together_do_not_point_at_each_other_any_more(self):
        module = self.env.ref("base.module_test_event_hub")
        self.assertIn("test_event_hub.invoice", module._models_alone())
        self.assertNotIn("res.partner", module._models_alone())
        hub = self.env.ref("base.module_event_hub")
        going = hub | hub.downstream_dependencies()
        self.assertIn("event_hub_source", self._references("event_hub_message"))
        staying = self._references("event_hub_endpoint") & {"res_company", "res_users"}
        self.assertTrue(staying)
        going._free_tables()
        self.assertFalse(self._references("event_hub_message"))
        self.assertEqual(self._references("event_hub_endpoint"), staying)

    def _references(self, table):
        """:return: the tables that ``table`` points at"""
        self.env.cr.execute(
            "SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
            [table],
        )
        return {row[0] for row in self.env.cr.fetchall()}
