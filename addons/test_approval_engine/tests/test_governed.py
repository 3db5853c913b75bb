import contextlib

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common_governed import ORDER, GovernedCase


@tagged("post_install", "-at_install")
class TestGoverned(GovernedCase):
    """Refused until approved, and then let through once."""

    def test_a_held_field_is_refused_in_words_that_help(self):
        self._govern("amount")
        order = self._order()
        with self.assertRaises(ApprovalNeeded) as refused:
            order.write({"amount": 6000, "note": "x"})
        words = str(refused.exception)
        for part in (
            "S001",
            "Amount (amount)",
            "Toy Order Approval",
            "action_request_approval",
        ):
            self.assertIn(part, words)
        ask = refused.exception.args[1]
        self.assertEqual(
            (ask["model"], ask["ids"], ask["operation"], ask["values"]["amount"]),
            (ORDER, order.ids, "write", 6000),
        )
        self.assertEqual((order.amount, order.note), (5000, False))

    def test_what_is_not_held_is_written_and_so_is_the_same_value(self):
        self._govern("amount")
        order = self._order()
        order.write({"note": "x", "amount": 5000})
        self.assertEqual(order.note, "x")

    def test_nobody_and_no_context_gets_past(self):
        self._govern("amount")
        order = self._order()
        for records in (
            order,
            order.sudo(),
            order.with_user(self.max),
            order.with_user(self.env.ref("base.user_admin")),
            order.with_user(self.env.ref("base.user_root")),
            order.with_context(install_mode=True, import_file=True, skip_approval=True),
            order.with_context(
                event_hub_pass=True, default_amount=1, active_test=False
            ),
            order.with_context(module_uninstall=True, _force_unlink=True),
        ):
            with self.assertRaises(ApprovalNeeded):
                records.write({"amount": 1})
            with self.assertRaises(ApprovalNeeded):
                records.amount = 2
        self.env.invalidate_all()
        self.assertEqual(order.amount, 5000)

    def test_only_records_of_the_condition_are_held_before_or_after(self):
        self._govern(
            "amount", "state", domain="[('state', '=', 'sale'), ('amount', '>', 1000)]"
        )
        order = self._order(amount=500)
        order.amount = 5000  # a draft
        with self.assertRaises(ApprovalNeeded):
            order.state = "sale"
        with self.assertRaises(ApprovalNeeded):
            order.write({"state": "sale", "amount": 9000})
        order.write({"amount": 500, "state": "sale"})
        with self.assertRaises(ApprovalNeeded):
            order.amount = 5000
        order.amount = 900

    def test_leaving_and_coming_back_is_held(self):
        self._govern("amount", domain="[('state', '=', 'sale')]", hold_enter=True)
        order = self._order()
        with self.assertRaises(ApprovalNeeded):
            order.state = "sale"
        with self.assertRaises(ApprovalNeeded):
            self.env[ORDER].create({"name": "New", "state": "sale"})
        self.env[ORDER].create({"name": "New"})

    def test_an_approval_to_become_such_a_record_covers_what_makes_it_one(self):
        self._govern("amount", domain="[('state', '=', 'sale')]", hold_enter=True)
        order = self._order()
        amount = self._ask(order, "write", amount=7000)
        self._approve(amount, self.fred)
        with self.assertRaises(ApprovalNeeded):
            order.write({"amount": 7000, "state": "sale"})
        entering = self._ask(order, "write", state="sale")
        self._approve(entering, self.fred)
        with self.assertRaises(ApprovalNeeded):
            order.write({"amount": 6000, "state": "sale"})
        order.state = "sale"
        self.assertEqual((order.state, entering.state), ("sale", "executed"))
        order.state = "cancel"  # leaving is free
        with self.assertRaises(ApprovalNeeded):
            order.state = "sale"
        Order = self.env[ORDER].with_user(self.ria)
        born = self._ask(Order, "create", name="New", state="sale")
        self._approve(born, self.fred)
        self.assertTrue(Order.create({"name": "New", "state": "sale"}))

    def test_a_refusal_that_somebody_catches_leaves_nothing_behind(self):
        self._govern("state", domain="[('state', '=', 'sale')]")
        order = self._order()
        with contextlib.suppress(UserError):
            order.write({"state": "sale", "note": "hidden"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((order.state, order.note), ("draft", False))

    def test_an_approved_change_goes_through_once_and_only_that(self):
        self._govern("amount", amount_field_id=self._field("amount").id)
        order = self._order()
        request = self._ask(order, "write", amount=7000)
        self.assertEqual((request.state, request.amount), ("pending", 7000))
        with self.assertRaisesRegex(ApprovalNeeded, "waits for Finance"):
            order.amount = 7000
        self._approve(request, self.fred)
        self.assertEqual(request.state, "approved")
        with self.assertRaises(ApprovalNeeded):
            order.amount = 7001
        order.write({"amount": 7000, "note": "done"})
        self.assertEqual(
            (order.amount, order.note, request.state), (7000, "done", "executed")
        )
        with self.assertRaises(ApprovalNeeded):
            order.amount = 5000
        with self.assertRaises(ApprovalNeeded):
            order.amount = 7000.5

    def test_an_approved_change_of_another_value_meanwhile_is_void(self):
        self._govern("amount", "name", domain="[('amount', '>', 1000)]")
        order = self._order()
        request = self._ask(order, "write", amount=7000)
        self._approve(request, self.fred)
        self.env.cr.execute(
            "UPDATE test_approval_engine_order SET name = 'Other' WHERE id = %s",
            order.ids,
        )
        self.env.invalidate_all()
        with self.assertRaises(ApprovalNeeded):
            order.amount = 7000
        again = self._ask(order, "write", amount=7000)
        self.assertNotEqual(again, request)
        self.assertEqual(request.state, "lapsed")

    def test_a_button_is_held_whoever_calls_it_and_let_through_once(self):
        self._govern(
            "amount",
            "state",
            method_names="action_confirm",
            domain="[('amount', '>', 1000)]",
            amount_field_id=self._field("amount").id,
        )
        order, small = self._order(), self._order(amount=10)
        small.action_confirm()
        self.assertEqual(small.state, "sale")
        for records in (order, order.sudo(), order.with_user(self.max)):
            with self.assertRaises(ApprovalNeeded):
                records.action_confirm()
            with self.assertRaises(ApprovalNeeded):
                records.write({"state": "sale"})
        request = self._ask(order)
        self.assertEqual((request.operation, request.amount), ("action_confirm", 5000))
        self._approve(request, self.fred)
        order.action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "executed"))
        self.assertIn("Ria", request.outcome)
        with self.assertRaises(ApprovalNeeded):
            order.state = "draft"

    def test_content_changed_after_the_approval_voids_it(self):
        self._govern("amount", hold_write=False, method_names="action_confirm")
        order = self._order()
        request = self._ask(order)
        self._approve(request, self.fred)
        order.amount = 9000
        with self.assertRaises(ApprovalNeeded):
            order.action_confirm()
        order.amount = 9000
        self.env.cr.flush()  # as committing does
        self.assertEqual(request.state, "pending")
        self.assertIn("5000.00 → 9000.00", str(request.message_ids[0].body))
        self._approve(request, self.fay)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_new_record_may_be_written_while_it_is_made_unless_its_birth_is_held(
        self,
    ):
        governance = self._govern("amount", "line_ids")
        Order = self.env[ORDER].with_user(self.ria)
        order = Order.create(
            {"name": "New", "line_ids": [Command.create({"price": 1})]}
        )
        order.amount = 3
        governance.hold_create = True
        with self.assertRaises(ApprovalNeeded):
            order.amount = 4
        request = self._ask(
            Order, "create", name="New", line_ids=[[0, 0, {"price": 1}]], shout="LOUD"
        )
        self._approve(request, self.fred)
        order = Order.create(
            {"name": "New", "line_ids": [Command.create({"price": 1})], "shout": "LOUD"}
        )
        self.assertEqual(request.state, "executed")

    def test_the_approval_needs_somebody_else(self):
        self._govern("amount")
        request = self._ask(self._order(), "write", amount=1)
        with self.assertRaises(AccessError):
            request.action_approve()

    def test_what_follows_from_the_record_is_not_edited_on_the_request(self):
        self._govern("amount", amount_field_id=self._field("amount").id)
        order = self._order()
        action = order.action_request_approval("write", {"amount": 8000}, "")
        request = (
            self.env["approval_engine.request"]
            .browse(action["res_id"])
            .with_user(self.ria)
        )
        for vals in (
            {"amount": 1},
            {"res_id": self._order().id},
            {"type_id": self.credit_type.id},
            {"partner_id": self.account.id},
        ):
            with self.assertRaises(UserError):
                request.write(vals)
        for vals in ({"governed_key": "x"}, {"operation": "unlink"}, {"change": {}}):
            with self.assertRaises(AccessError):
                request.write(vals)
        request.reason = "Because."
        forged = request.create(
            {
                "name": "Forged",
                "type_id": self.order_type.id,
                "governed_key": request.governed_key,
                "operation": "write",
                "change": {"new": {}},
            }
        )
        self.assertFalse(forged.governed_key)
        again = order.action_request_approval("write", {"amount": 8000}, "")
        self.assertEqual(again["res_id"], request.id)

    def test_asking_needs_something_that_is_held(self):
        order = self._order()
        with self.assertRaisesRegex(UserError, "nothing here needs one"):
            order.action_request_approval()
        self._govern("amount", hold_unlink=True)
        with self.assertRaisesRegex(UserError, "unlink, write"):
            order.action_request_approval()
        for values in ({}, {"note": "x"}, {"amount": 5000}):
            with self.assertRaises(UserError):
                order.action_request_approval("write", values)
        with self.assertRaises(UserError):
            order.browse().action_request_approval("write", {"amount": 1})

    def test_somebody_without_access_to_approvals_can_ask(self):
        self._govern("amount")
        person = self._person("approval_outsider", "base.group_user")
        order = self._order(person)
        action = order.action_request_approval("write", {"amount": 1}, "Please.")
        request = self.env["approval_engine.request"].browse(action["res_id"])
        self.assertEqual((request.state, request.requester_id), ("pending", person))
