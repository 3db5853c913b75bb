from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common_governed import ORDER, GovernedCase


@tagged("post_install", "-at_install")
class TestGovernances(GovernedCase):
    """Who governs, what can be governed, and what a governance rests on."""

    def test_only_a_manager_governs(self):
        self._govern("amount")
        for user in (self.ria, self.audrey, self.fred):
            governances = self.env["approval_engine.governed"].with_user(user)
            with self.assertRaises(AccessError):
                governances.search([]).write({"active": False})
            with self.assertRaises(AccessError):
                governances.search([]).unlink()

    def test_what_cannot_be_governed_is_refused_in_words(self):
        cases = [
            ({"model": "res.users", "names": ["login"]}, "cannot be governed"),
            ({"model": "ir.cron", "names": ["name"]}, "cannot be governed"),
            (
                {"model": "approval_engine.policy", "names": ["name"]},
                "cannot be governed",
            ),
            ({"model": "event_hub.source", "names": ["name"]}, "cannot be governed"),
            ({"names": []}, "Name the fields"),
            ({"names": ["tag_ids"]}, "its other side"),
            ({"names": ["shout"]}, "computed anew"),
            ({"names": ["amount"], "hold_write": False}, "Say what is held"),
            (
                {
                    "names": ["amount"],
                    "hold_write": False,
                    "mode": "change",
                    "hold_unlink": True,
                },
                "A change request",
            ),
            ({"names": ["amount"], "method_names": "write"}, "no button"),
            ({"names": ["amount"], "method_names": "_compute_total"}, "no button"),
            ({"names": ["amount"], "method_names": "nothing_such"}, "no button"),
            (
                {"names": ["amount"], "domain": "[('amount', '>', __import__('os'))]"},
                "no plain domain",
            ),
            (
                {"names": ["amount"], "domain": "[('nothing', '=', 1)]"},
                "no plain domain",
            ),
            ({"names": ["amount"], "domain": "env.user"}, "no plain domain"),
            ({"names": ["amount"], "hold_enter": True}, "needs a condition"),
        ]
        for values, words in cases:
            values = dict(values)
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self._govern(*values.pop("names"), **values)

    def test_a_type_that_does_something_itself_is_refused(self):
        self.order_type.write(
            {
                "subject_model": "test_approval_engine.document",
                "effect": "_approval_effect_stamp",
            }
        )
        with self.assertRaisesRegex(ValidationError, "without effect"):
            self._govern("amount")

    def test_a_field_that_a_governance_rests_on_is_not_deleted(self):
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_grade",
                "model_id": self.env["ir.model"]._get_id(ORDER),
                "ttype": "char",
                "field_description": "Grade",
            }
        )
        self._govern("x_grade")
        with self.assertRaisesRegex(UserError, "Large orders"):
            field.unlink()

    def test_in_another_company_the_governance_is_silent(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self._govern("amount", company_id=self.env.company.id)
        order = self._order(company_id=other.id)
        order.amount = 1
        with self.assertRaises(ApprovalNeeded):
            self._order().amount = 1

    def test_an_archived_governance_holds_nothing_and_a_new_one_at_once(self):
        governance = self._govern("amount")
        order = self._order()
        governance.active = False
        order.amount = 1
        governance.active = True
        with self.assertRaises(ApprovalNeeded):
            order.amount = 2
        governance.unlink()
        order.amount = 2

    def test_a_manager_who_administers_nothing_else_governs_and_reads_it(self):
        template = self._govern("amount", active=False)
        values = {
            "name": "Mine",
            "model_id": template.model_id.id,
            "type_id": template.type_id.id,
            "field_ids": [Command.set(template.field_ids.ids)],
        }
        mine = self.env["approval_engine.governed"].with_user(self.max).create(values)
        for user in (self.max, self.audrey):
            seen = mine.with_user(user).web_read(
                {"field_ids": {"fields": {"display_name": {}}}, "sentence": {}}
            )
            self.assertIn("Amount", str(seen[0]["field_ids"]))
            self.assertTrue(self.env["ir.model"].with_user(user).name_search("Order"))
        mine.with_env(self.env).action_activate()
        with self.assertRaises(ApprovalNeeded):
            self._order().amount = 1

    def test_an_app_that_a_governance_rests_on_is_not_uninstalled(self):
        app = self.env.ref("base.module_test_approval_engine")
        governance = self._govern("amount")
        with self.assertRaisesRegex(UserError, "“Large orders”"):
            app.button_uninstall()
        self.assertEqual(app.state, "installed")
        governance.unlink()
        app.button_uninstall()
        self.assertEqual(app.state, "to remove")

    def test_approvals_goes_with_its_governances(self):
        self._govern("amount")
        app = self.env.ref("base.module_approval_engine")
        app.button_uninstall()
        self.assertEqual(app.state, "to remove")

    def test_a_field_that_another_app_brought_too_stays(self):
        self._govern("amount")
        field = self._field("amount")
        modules = self.env["ir.module.module"]
        app = self.env.ref("base.module_test_approval_engine")
        self.assertEqual(app._alone_in("ir.model.fields", field.ids), {field.id})
        self.env["ir.model.data"].create(
            {
                "module": "base",
                "name": "also",
                "model": "ir.model.fields",
                "res_id": field.id,
            }
        )
        self.assertEqual(app._alone_in("ir.model.fields", field.ids), set())
        self.assertEqual(modules._alone_in("ir.model.fields", field.ids), set())
