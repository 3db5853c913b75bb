from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_governed import GovernedCase


@tagged("post_install", "-at_install")
class TestReopening(GovernedCase):
    """After a change only those are asked again whom it concerns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_policy.action_retire()
        cls.governance = cls._govern(
            "amount",
            "partner_id",
            hold_write=False,
            method_names="action_confirm",
            amount_field_id=cls._field("amount").id,
        )
        cls._policy(
            cls.order_type,
            [
                {
                    "sequence": 10,
                    "name": "Finance",
                    "user_ids": [Command.set(cls.fred.ids)],
                    "looks_at": "amount",
                },
                {
                    "sequence": 20,
                    "name": "Success",
                    "user_ids": [Command.set(cls.cleo.ids)],
                    "looks_at": "partner_id, partner",
                },
                {
                    "sequence": 30,
                    "name": "Board",
                    "user_ids": [Command.set(cls.fay.ids)],
                    "amount_from": 8000,
                    "looks_at": "amount",
                },
            ],
        )

    def _states(self, request):
        return {step.name: step.state for step in request.sudo().step_ids}

    def _approved_order(self, **values):
        order = self._order(**values)
        request = self._ask(order)
        self._approve(request, self.fred, self.cleo)
        self.assertEqual(request.state, "approved")
        return order, request

    def test_a_step_that_looks_elsewhere_stands_and_the_log_says_so(self):
        order, request = self._approved_order()
        order.amount = 6000
        self.env.cr.flush()
        self.assertEqual(
            (request.state, self._states(request)),
            ("pending", {"Finance": "pending", "Success": "approved"}),
        )
        carried = request.decision_ids.sorted("id")[-1]
        self.assertEqual(
            (
                carried.action,
                carried.step_name,
                carried.carried_id.user_id,
                carried.content_hash,
            ),
            ("carry", "Success", self.cleo, request.content_hash),
        )
        self.assertTrue(self.env["approval_engine.decision"].verify_chain()["ok"])
        self._approve(request, self.fred)
        self.assertEqual(request.state, "approved")
        order.action_confirm()
        self.assertEqual((order.state, request.state), ("sale", "executed"))

    def test_a_step_that_comes_into_its_band_is_asked(self):
        order, request = self._approved_order()
        order.amount = 9000
        self.env.cr.flush()
        self.assertEqual(
            self._states(request),
            {"Finance": "pending", "Success": "approved", "Board": "waiting"},
        )
        self.assertEqual(request.amount, 9000)
        self._approve(request, self.fred, self.fay)
        self.assertEqual(request.state, "approved")

    def test_a_change_that_concerns_nobody_is_approved_at_once_for_the_new_content(
        self,
    ):
        order, request = self._approved_order()
        self.governance.field_ids += self._field("note")
        request = self._ask(order)  # asked under the wider governance
        self._approve(request, self.fred, self.cleo)
        order.note = "Call first."
        self.env.cr.flush()
        self.assertEqual(request.state, "approved")
        rows = request.decision_ids.sorted("id")
        self.assertEqual(rows[-2:].mapped("action"), ["carry", "carry"])
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_an_approval_stands_through_two_changes(self):
        order, request = self._approved_order()
        for amount in (6000, 7000):
            order.amount = amount
            self.env.cr.flush()
        carried = request.decision_ids.filtered(lambda d: d.action == "carry")
        self.assertEqual(len(carried), 2)
        self.assertEqual(set(carried.carried_id.mapped("action")), {"approve"})
        self._approve(request, self.fred)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_both_fields_ask_both(self):
        order, request = self._approved_order()
        order.write({"amount": 6000, "partner_id": self.account.id})
        self.env.cr.flush()
        self.assertEqual(
            self._states(request), {"Finance": "pending", "Success": "waiting"}
        )

    def test_a_forged_carry_over_stops_everything(self):
        order, request = self._approved_order()
        order.amount = 6000
        self.env.cr.flush()
        self._approve(request, self.fred)
        self.env.flush_all()
        other = self.env["approval_engine.decision"].search(
            [("request_id", "=", request.id), ("user_id", "=", self.fred.id)], limit=1
        )
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'on', true)")
        self.env.cr.execute(
            "UPDATE approval_engine_decision SET carried_id = %s WHERE request_id = %s AND action = 'carry'",
            [other.id, request.id],
        )
        self.env.cr.execute("SELECT set_config('event_hub.maintenance', 'off', true)")
        self.env.invalidate_all()
        self.assertFalse(self.env["approval_engine.decision"].verify_chain()["ok"])
        with self.assertRaisesRegex(Exception, "needs an approval"):
            order.action_confirm()

    def test_a_name_that_nothing_has_is_refused(self):
        policy = self.env["approval_engine.policy"].create(
            {"name": "Typo", "type_id": self.order_type.id}
        )
        with self.assertRaisesRegex(ValidationError, "amuont"):
            self.env["approval_engine.policy_step"].create(
                {"policy_id": policy.id, "name": "X", "looks_at": "amount, amuont"}
            )
