from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.approval_engine.const import EXECUTE_CRON
from odoo.addons.approval_engine.exceptions import ApprovalNeeded
from odoo.addons.event_hub.exceptions import ConflictError

from .common_governed import ORDER, GovernedCase


@tagged("post_install", "-at_install")
class TestChange(GovernedCase):
    """A change that waits: held, shown as old and new, written once approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.governance = cls._govern(
            "amount",
            "line_ids",
            "partner_id",
            "day",
            "total",
            mode="change",
            amount_field_id=cls._field("amount").id,
            account_field_id=cls._field("partner_id").id,
        )

    def _run_cron(self):
        self.env["event_hub.event"]._flush_emitted()
        with self.enter_registry_test_mode():
            self.env.ref(EXECUTE_CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _held(self, order):
        return (
            self.env["approval_engine.request"]
            .with_user(self.ria)
            .search(
                [("res_model", "=", ORDER), ("res_id", "=", order.id)], order="id desc"
            )
        )

    def test_a_held_change_waits_while_the_rest_is_written(self):
        order = self._order()
        order.write({"amount": 7000, "note": "now"})
        self.assertEqual((order.amount, order.note), (5000, "now"))
        request = self._held(order)
        self.assertEqual(
            (request.state, request.requester_id, request.amount),
            ("pending", self.ria, 7000),
        )
        [section] = [
            s
            for s in request.with_user(self.fred).evidence()["sections"]
            if s["key"] == "change"
        ]
        self.assertEqual(
            [item["value"] for item in section["items"]], ["5000.00 → 7000.00"]
        )
        self._approve(request, self.fred)
        self.assertEqual((request.state, order.amount), ("approved", 5000))
        self._run_cron()
        self.assertEqual(
            (request.state, order.amount, request.outcome),
            ("executed", 7000, "Changed as approved: Amount: 5000.00 → 7000.00."),
        )
        self._run_cron()
        self.assertEqual(len(self._held(order)), 1)

    def test_the_same_change_again_makes_no_second_request(self):
        order = self._order()
        for _save in range(2):
            order.amount = 7000
        self.assertEqual(len(self._held(order)), 1)
        order.amount = 8000
        self.assertEqual(len(self._held(order)), 2)

    def test_lines_are_shown_as_old_and_new_with_what_follows_from_them(self):
        order = self._order(
            line_ids=[
                Command.create({"name": "a", "price": 10}),
                Command.create({"name": "b", "price": 20}),
            ]
        )
        first, second = order.line_ids
        order.write(
            {
                "line_ids": [
                    Command.update(first.id, {"price": 15}),
                    Command.delete(second.id),
                    Command.create({"name": "c", "price": 7}),
                ],
                "partner_id": self.account.id,
                "day": "2026-12-01",
            }
        )
        self.assertEqual((order.line_ids, order.total), (first | second, 30))
        request = self._held(order)
        section = request.evidence()["sections"][1]
        words = "; ".join(
            f"{item['label']}: {item['value']}" for item in section["items"]
        )
        for part in (
            "10.00 → 15.00",
            "removed",
            "new line c, 7.00",
            "Total: 30.0 → 22.0",
            "nothing → Borealis GmbH",
            "nothing → 2026-12-01",
        ):
            self.assertIn(part, words)
        self.assertEqual(request.partner_id, self.account)
        self._approve(request, self.fred)
        self._run_cron()
        self.assertEqual(request.state, "executed", request.outcome)
        self.assertEqual(sorted(order.line_ids.mapped("price")), [7, 15])
        self.assertEqual(order.total, 22)

    def test_a_record_that_moved_on_is_not_changed_and_says_why(self):
        order = self._order()
        order.amount = 7000
        request = self._held(order)
        self._approve(request, self.fred)
        self.env.cr.execute(
            "UPDATE test_approval_engine_order SET amount = 6000 WHERE id = %s",
            order.ids,
        )
        self.env.invalidate_all()
        self._run_cron()
        self.assertEqual(
            (request.state, order.amount, request.next_try_at), ("failed", 6000, False)
        )
        self.assertIn("5000.00 → 6000.00", request.outcome)
        self.assertEqual(request.sudo().activity_ids.user_id, self.max)

    def test_nobody_decides_on_a_record_that_moved_on(self):
        order = self._order()
        order.amount = 7000
        request = self._held(order)
        self.env.cr.execute(
            "UPDATE test_approval_engine_order SET amount = 6000 WHERE id = %s",
            order.ids,
        )
        self.env.invalidate_all()
        self.assertIn("5000.00 → 6000.00", request.moved_words)
        with self.assertRaises(ConflictError):
            self._approve(request, self.fred)

    def test_a_rejected_change_never_happens(self):
        order = self._order()
        order.amount = 7000
        request = self._held(order)
        request.with_user(self.fred).action_reject("No.")
        self._run_cron()
        self.assertEqual((request.state, order.amount), ("rejected", 5000))

    def test_a_change_of_several_records_holds_each_that_matches(self):
        self.governance.domain = "[('amount', '>', 1000)]"
        large, small = self._order(), self._order(amount=5)
        (large | small).write({"amount": 900, "note": "x"})
        self.assertEqual((large.amount, small.amount), (5000, 900))
        self.assertEqual((large.note, small.note), ("x", "x"))
        self.assertEqual((len(self._held(large)), len(self._held(small))), (1, 0))
        small.amount = 4000
        self.assertEqual(small.amount, 900)
        self.assertEqual(len(self._held(small)), 1)

    def test_without_anybody_to_decide_the_change_is_refused(self):
        self.order_policy.action_retire()
        with self.assertRaisesRegex(UserError, "No policy says who decides"):
            self._order().amount = 1

    def test_the_superuser_asks_nobody_so_nothing_is_changed(self):
        order = self._order()
        with self.assertRaises(ApprovalNeeded):
            order.with_user(self.env.ref("base.user_root")).amount = 1

    def test_who_may_not_write_makes_no_request(self):
        order = self._order()
        self.env["ir.model.access"].search(
            [("model_id.model", "=", ORDER)]
        ).perm_write = False
        with self.assertRaises(AccessError):
            order.amount = 1
        self.assertFalse(self._held(order).sudo())

    def test_a_change_asked_with_rights_that_are_gone_fails(self):
        order = self._order()
        order.amount = 7000
        request = self._held(order)
        self._approve(request, self.fred)
        self.env["ir.model.access"].search(
            [("model_id.model", "=", ORDER)]
        ).perm_write = False
        self._run_cron()
        self.assertEqual((request.state, order.sudo().amount), ("failed", 5000))

    def test_automation_in_superuser_mode_is_asked_in_the_name_of_who_caused_it(self):
        order = self._order()
        order.sudo().amount = 1
        self.assertEqual(
            (order.amount, self._held(order).requester_id), (5000, self.ria)
        )

    def test_a_line_changed_by_itself_is_refused_in_words(self):
        order = self._order(line_ids=[Command.create({"name": "a", "price": 10})])
        with self.assertRaises(ApprovalNeeded):
            order.line_ids.price = 99
        with self.assertRaises(ApprovalNeeded):
            order.line_ids.unlink()
        self.assertEqual(order.line_ids.price, 10)

    def test_a_change_that_comes_out_different_is_undone(self):
        order = self._order()
        order.amount = 7000
        request = self._held(order)
        self._approve(request, self.fred)
        model = self.env["ir.model"]._get_id(ORDER)
        self.env["base.automation"].create(
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
        self._run_cron()
        self.assertEqual((request.state, order.amount), ("failed", 5000))
        self.assertIn("would not become what was approved", request.outcome)
