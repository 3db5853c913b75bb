from odoo import Command
from odoo.tests import tagged

from odoo.addons.approval_engine.exceptions import ApprovalNeeded

from .common_governed import GovernedCase

PURCHASE = "test_approval_engine.purchase"


@tagged("post_install", "-at_install")
class TestMixin(GovernedCase):
    """The example of the documentation: a model under approval in ten lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procurement = cls.env.ref("approval_engine.type_procurement")
        cls.env["approval_engine.policy"].search(
            [("type_id", "=", cls.procurement.id), ("state", "=", "active")]
        ).action_retire()
        cls._policy(
            cls.procurement,
            [{"name": "Finance", "user_ids": [Command.set(cls.fred.ids)]}],
        )
        cls.purchase = cls.env[PURCHASE].create(
            {"name": "Laptops", "amount": 3000, "vendor_id": cls.account.id}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE test_approval_engine_purchase SET create_date = create_date - interval '1 day'"
        )
        cls.env.invalidate_all()
        cls.purchase = cls.purchase.with_user(cls.ria)

    def test_it_is_ordered_once_it_is_approved(self):
        with self.assertRaises(ApprovalNeeded):
            self.purchase.action_order()
        with self.assertRaises(ApprovalNeeded):
            self.purchase.state = "ordered"
        request = self._ask(self.purchase, "action_order")
        self.assertEqual(
            (request.type_id, request.amount, request.partner_id),
            (self.procurement, 3000, self.account),
        )
        self.assertEqual(self.purchase.approval_state, "pending")
        self.assertEqual(self.purchase.approval_request_ids, request)
        self._approve(request, self.fred)
        self.purchase.invalidate_recordset()
        self.assertEqual(self.purchase.approval_state, "approved")
        self.purchase.action_order()
        self.assertEqual((self.purchase.state, request.state), ("ordered", "executed"))

    def test_a_small_one_needs_nobody(self):
        purchase = (
            self.env[PURCHASE].with_user(self.ria).create({"name": "Pens", "amount": 9})
        )
        purchase.action_order()
        self.assertEqual((purchase.state, purchase.approval_state), ("ordered", False))

    def test_without_its_type_nothing_passes(self):
        self.procurement.sudo().code = "gone"
        with self.assertRaises(ApprovalNeeded):
            self.purchase.action_order()
