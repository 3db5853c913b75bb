from odoo import Command
from odoo.tests import tagged

from odoo.addons.approval_engine.tests.common_document import DocumentOfAnotherApp


@tagged("post_install", "-at_install")
class TestPurchaseOrder(DocumentOfAnotherApp):
    GOVERNED = "approval_engine_purchase.governed_purchase_order"
    GROUP = "purchase.group_purchase_user"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.servers = cls.env["product.product"].create(
            {"name": "Servers", "type": "service", "supplier_taxes_id": False}
        )
        cls.order = cls.rfq(9000)

    @classmethod
    def rfq(cls, price):
        line = {
            "product_id": cls.servers.id,
            "product_qty": 1,
            "price_unit": price,
            "tax_ids": False,
        }
        order = cls.env["purchase.order"].create(
            {"partner_id": cls.account.id, "order_line": [Command.create(line)]}
        )
        return order.with_user(cls.ria)

    def test_confirming_is_held_whichever_way(self):
        order = self.order
        self.assertTrue(self.born_off)
        self.refused(order.button_confirm)
        self.refused(order.sudo().button_approve)
        self.refused(lambda: order.write({"state": "purchase"}))
        found = self.env["purchase.order"].load(
            [".id", "state"], [[str(order.id), "purchase"]]
        )
        self.assertFalse(found["ids"])
        self.env.invalidate_all()
        self.assertEqual(order.state, "draft")

    def test_small_ones_need_none(self):
        order = self.rfq(100)
        order.button_confirm()
        self.assertEqual(order.state, "purchase")
        self.refused(lambda: order.order_line.write({"product_qty": 100}))

    def test_approved_it_is_confirmed_once(self):
        request = self.approved(self.order)
        self.assertEqual(request.amount, 9000)
        self.assertEqual(request.type_id.code, "procurement")
        self.order.button_confirm()
        self.assertEqual((self.order.state, request.state), ("purchase", "executed"))
        self.refused(lambda: self.order.order_line.write({"price_unit": 9001}))

    def test_changed_lines_are_held_again(self):
        self.approved(self.order)
        self.order.order_line.product_qty = 2
        self.refused(self.order.button_confirm)
        self.assertIn("▲", self.order.approval_words or "▲")
