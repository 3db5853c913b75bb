from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    def test_a_quotation_tells_its_way_to_an_order(self):
        partner = self.env["res.partner"].create({"name": "Cobalt", "is_company": True})
        seats = self.env["product.product"].create({"name": "Seats", "type": "service"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": seats.id, "price_unit": 10})],
            }
        )
        self.env.cr.precommit.run()
        order.action_confirm()
        self.env.cr.precommit.run()
        events = self.env["event_hub.event"].search(
            [("case_model", "=", "sale.order"), ("case_id", "=", order.id)], order="id"
        )
        self.assertEqual(events[0].type, "sale.order_created")
        self.assertIn("sale.order_confirmed", events.mapped("type"))
        self.assertEqual(events[0].attributes["number"], order.name)
