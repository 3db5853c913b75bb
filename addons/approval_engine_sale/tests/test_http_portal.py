from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.approval_engine.tests.common_document import DocumentOfAnotherApp

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestHttpPortal(DocumentOfAnotherApp, HttpCase):
    GOVERNED = "approval_engine_sale.governed_sale_order"
    GROUP = "sales_team.group_sale_salesman_all_leads"

    @mute_logger("odoo.http")
    def test_a_customer_who_signs_learns_nothing_from_inside(self):
        seats = self.env["product.product"].create(
            {"name": "Seats", "type": "service", "taxes_id": False}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.account.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create({"product_id": seats.id, "price_unit": 20000})
                ],
            }
        )
        order.state = "sent"
        url = (
            f"/my/orders/{order.id}/accept?access_token={order._portal_ensure_token()}"
        )
        self.env.flush_all()
        params = {"name": "Customer", "signature": PIXEL}
        told = self.url_open(url, json={"jsonrpc": "2.0", "params": params}).text
        self.env.invalidate_all()
        self.assertIn("has to be approved at", told)
        for inside in (self.governed.name, "action_request_approval", "'values'"):
            self.assertNotIn(inside, told)
        self.assertEqual((order.state, order.signed_by), ("sent", False))
