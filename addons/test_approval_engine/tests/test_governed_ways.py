from odoo import Command
from odoo.tests import tagged

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common_governed import ORDER, GovernedCase


@tagged("post_install", "-at_install")
class TestGovernedWays(GovernedCase):
    """Whatever way a change comes: lines, totals, births, deletions, imports, rules."""

    def test_deleting_and_creating_are_held(self):
        self._govern(
            "amount",
            hold_write=False,
            hold_create=True,
            hold_unlink=True,
            domain="[('amount', '>', 1000)]",
        )
        Order = self.env[ORDER].with_user(self.ria)
        Order.create({"name": "Small", "amount": 1}).unlink()
        with self.assertRaises(ApprovalNeeded):
            Order.create({"name": "Large", "amount": 2000})
        with self.assertRaises(ApprovalNeeded):
            Order.with_context(default_amount=2000).create({"name": "Large"})
        request = self._ask(Order, "create", name="Large", amount=2000)
        self._approve(request, self.fred)
        with self.assertRaises(ApprovalNeeded):
            Order.create({"name": "Large", "amount": 2001})
        order = Order.create({"name": "Large", "amount": 2000})
        self.assertEqual(request.state, "executed")
        with self.assertRaises(ApprovalNeeded):
            Order.create({"name": "Large", "amount": 2000})
        with self.assertRaises(ApprovalNeeded):
            order.unlink()
        gone = self._ask(order, "unlink")
        self._approve(gone, self.fred)
        order.unlink()
        self.assertEqual((gone.state, order.exists().ids), ("executed", []))

    def test_import_copy_inverse_and_translation_are_no_way_around(self):
        self._govern("name", "title", "amount")
        order = self._order(title="Title")
        Order = self.env[ORDER].with_user(self.ria)
        found = Order.load([".id", "amount"], [[str(order.id), "1"]])
        self.assertFalse(found["ids"])
        self.assertIn("needs an approval", found["messages"][0]["message"])
        with self.assertRaises(ApprovalNeeded):
            order.shout = "LOUD"
        with self.assertRaises(ApprovalNeeded):
            order.update_field_translations("title", {"en_US": "Other"})
        with self.assertRaises(ApprovalNeeded):
            order.web_save({"amount": 3}, {"amount": {}})
        self.env.invalidate_all()
        self.assertEqual(
            (order.name, order.title, order.amount), ("S001", "Title", 5000)
        )

    def test_a_copy_takes_the_translations_along(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        order = self._order(title="Title")
        order.with_context(lang="fr_FR").title = "Titre"
        self._govern("title", domain="[('title', '!=', False)]")
        copy = order.with_user(self.ria).copy()
        self.assertEqual(copy.with_context(lang="fr_FR").title, "Titre")
        self._age(copy)
        with self.assertRaises(ApprovalNeeded):
            copy.update_field_translations("title", {"fr_FR": "Autre"})

    def test_server_actions_and_automation_rules_are_held_also_after_a_rule_is_edited(
        self,
    ):
        self._govern("amount")
        order, note = self._order(), self.env["test_approval_engine.order_note"]
        model = self.env["ir.model"]
        action = self.env["ir.actions.server"].create(
            {
                "name": "Sneak",
                "model_id": model._get_id(ORDER),
                "state": "code",
                "code": "records.sudo().write({'amount': 1})",
            }
        )
        with self.assertRaises(ApprovalNeeded):
            action.with_context(
                active_model=ORDER, active_id=order.id, active_ids=order.ids
            ).run()
        rule = self.env["base.automation"].create(
            {
                "name": "Beside",
                "model_id": model._get_id(note._name),
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Sneak",
                            "model_id": model._get_id(note._name),
                            "state": "code",
                            "code": f"env['{ORDER}'].browse({order.id}).write({{'amount': 1}})",
                        }
                    )
                ],
            }
        )
        for _edit in range(2):
            with self.assertRaises(ApprovalNeeded):
                note.create({"name": "x"})
            with self.assertRaises(ApprovalNeeded):
                order.amount = 1
            rule.name = "Edited"  # takes every patch of create, write and unlink off every model
        self.env.invalidate_all()
        self.assertEqual(order.amount, 5000)

    def test_a_button_stays_held_after_an_automation_rule_is_edited(self):
        self._govern("amount", hold_write=False, method_names="action_confirm")
        self.env["base.automation"]._unregister_hook()
        self.env["base.automation"]._register_hook()
        with self.assertRaises(ApprovalNeeded):
            self._order().action_confirm()

    def test_a_rule_that_changes_more_while_the_approved_change_is_made_undoes_it(self):
        self._govern("amount")
        order, model = self._order(), self.env["ir.model"]._get_id(ORDER)
        request = self._ask(order, "write", amount=7000)
        self._approve(request, self.fred)
        rule = self.env["base.automation"].create(
            {
                "name": "More",
                "model_id": model,
                "trigger": "on_create_or_write",
                "filter_domain": "[('amount', '=', 7000)]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "More",
                            "model_id": model,
                            "state": "code",
                            "code": "records.write({'amount': 99999})",
                        }
                    )
                ],
            }
        )
        with self.assertRaises(ApprovalNeeded):
            order.amount = 7000
        self.assertEqual(request.state, "approved")
        rule.active = False
        order.amount = 7000
        self.assertEqual((order.amount, request.state), (7000, "executed"))

    def test_lines_are_content_too(self):
        self._govern("line_ids", domain="[('state', '=', 'sale')]")
        order = self._order(
            state="sale", line_ids=[Command.create({"name": "a", "price": 10})]
        )
        line = order.line_ids
        attempts = [
            lambda: line.write({"price": 11}),
            lambda: line.unlink(),
            lambda: line.create({"order_id": order.id, "price": 1}),
            lambda: line.with_context(default_order_id=order.id).create({"price": 1}),
            lambda: order.write({"line_ids": [Command.clear()]}),
            lambda: order.write({"line_ids": [Command.update(line.id, {"price": 2})]}),
            lambda: line.write({"order_id": False}),
        ]
        for attempt in attempts:
            with self.assertRaises(ApprovalNeeded):
                attempt()
        self.env.invalidate_all()
        self.assertEqual(order.line_ids.mapped("price"), [10.0])
        other = self._order()
        mine = line.create({"order_id": other.id, "price": 1})
        with self.assertRaises(ApprovalNeeded):
            mine.order_id = order
        change = [[0, 0, {"name": "b", "price": 5}], [1, line.id, {"price": 12}]]
        request = self._ask(order, "write", line_ids=change)
        self._approve(request, self.fred)
        order.write({"line_ids": change})
        self.assertEqual(sorted(order.line_ids.mapped("price")), [5.0, 12.0])
        self.assertEqual(request.state, "executed")

    def test_a_total_that_follows_from_lines_nobody_holds_is_held_at_the_database(self):
        self._govern("total", domain="[('state', '=', 'sale'), ('total', '>', 100)]")
        order = self._order(state="sale", line_ids=[Command.create({"price": 10})])
        order.line_ids.price = 90
        self.env.flush_all()
        with self.assertRaises(ApprovalNeeded):
            order.line_ids.price = 500
            self.env.flush_all()
        self.env.cr.execute(
            "SELECT total FROM test_approval_engine_order WHERE id = %s", order.ids
        )
        self.assertEqual(self.env.cr.fetchone()[0], 90)
