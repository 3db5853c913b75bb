import contextlib

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
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

    def test_only_a_manager_governs(self):
        self._govern("amount")
        for user in (self.ria, self.audrey, self.fred):
            governances = self.env["approval_engine.governed"].with_user(user)
            with self.assertRaises(AccessError):
                governances.search([]).write({"active": False})
            with self.assertRaises(AccessError):
                governances.search([]).unlink()

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
