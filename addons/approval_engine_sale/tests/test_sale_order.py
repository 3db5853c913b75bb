from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError
from odoo.modules.migration import load_script
from odoo.tests import tagged

from odoo.addons.approval_engine.tests.common_document import DocumentOfAnotherApp


@tagged("post_install", "-at_install")
class TestSaleOrder(DocumentOfAnotherApp):
    GOVERNED = "approval_engine_sale.governed_sale_order"
    GROUP = "sales_team.group_sale_salesman_all_leads"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = cls.env["product.product"].create(
            {"name": "Seats", "type": "service", "taxes_id": False, "list_price": 50}
        )
        cls.order = cls.quotation(price_unit=20000)

    @classmethod
    def quotation(cls, **line):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.account.id,
                "order_line": [Command.create({"product_id": cls.seats.id, **line})],
            }
        )
        return order.with_user(cls.ria)

    def test_it_comes_ready_and_off(self):
        self.assertTrue(self.born_off)
        self.assertIn("Discount", self.governed.sentence)

    def test_confirming_is_held_whichever_way(self):
        order = self.order
        self.refused(order.action_confirm)
        self.refused(order.with_context(tracking_disable=True).sudo().action_confirm)
        self.refused(lambda: order.write({"state": "sale"}))
        self.refused(lambda: order.sudo().write({"state": "sale"}))
        self.refused(
            lambda: self.env["sale.order"].create(
                {
                    "partner_id": self.account.id,
                    "state": "sale",
                    "order_line": [
                        Command.create(
                            {"product_id": self.seats.id, "price_unit": 20000}
                        )
                    ],
                }
            )
        )
        self.assertEqual(order.state, "draft")

    def test_an_import_does_not_confirm(self):
        columns = [".id", "state"]
        found = self.env["sale.order"].load(columns, [[str(self.order.id), "sale"]])
        self.assertFalse(found["ids"])
        self.assertIn("approval", found["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "draft")

    def test_small_orders_without_discount_need_none(self):
        order = self.quotation(price_unit=50)
        self.assertFalse(order.approval_needed)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "needs no approval"):
            order.action_ask_approval()

    def test_a_high_discount_needs_one_however_small(self):
        order = self.quotation(price_unit=50, discount=20)
        self.assertTrue(order.approval_needed)
        self.refused(order.action_confirm)

    def _in_currency(self, per_company_unit, **line):
        """:return: a quotation in a currency of which so many units are worth one of the company's"""
        money = self.env["res.currency"].create(
            {
                "name": "TOY",
                "symbol": "T",
                "rate_ids": [
                    Command.create({"name": "2020-01-01", "rate": per_company_unit})
                ],
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Toy", "currency_id": money.id}
        )
        order = self.quotation(price_unit=1, **line)
        order.sudo().write({"pricelist_id": prices.id})
        return order

    def test_what_is_large_is_said_in_the_currency_of_the_company(self):
        order = self._in_currency(2)
        order.order_line.price_unit = 18000
        self.assertEqual(
            (order.amount_total, order.approval_company_total), (18000, 9000)
        )
        self.assertFalse(order.approval_needed)
        order.order_line.price_unit = 22000
        order.invalidate_recordset(["approval_needed"])
        self.assertTrue(order.approval_needed)
        self.refused(order.action_confirm)
        order.order_line.price_unit = 18000
        order.action_confirm()
        self.refused(lambda: order.order_line.write({"price_unit": 22000}))

    def test_few_units_of_a_dear_currency_are_large(self):
        order = self._in_currency(0.25)
        order.order_line.price_unit = 3000
        self.assertTrue(order.approval_needed)
        self.refused(order.action_confirm)
        request = self.approved(order)
        self.assertEqual((request.amount, request.company_amount), (3000, 12000))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_the_upgrade_mends_the_bound_that_nobody_changed(self):
        script = (
            Path(__file__).parents[1] / "migrations/19.0.1.1.0/post-company-total.py"
        )
        old = self.governed.domain.replace("approval_company_total", "amount_total")
        own = "[('state', '=', 'sale'), ('amount_total', '>', 7)]"
        for before, after in ((old, self.governed.domain), (own, own)):
            self.governed.domain = before
            load_script(str(script), "sale_migration").migrate(
                self.env.cr, "19.0.1.0.0"
            )
            self.assertEqual(self.governed.domain, after)

    def test_approved_it_is_confirmed_once(self):
        request = self.approved(self.order)
        self.assertEqual(request.amount, 20000)
        self.assertIn("✔ Approved", self.order.approval_words)
        self.order.action_confirm()
        self.assertEqual((self.order.state, request.state), ("sale", "executed"))
        self.order.sudo()._action_cancel()
        self.order.sudo().action_draft()
        self.refused(self.order.action_confirm)

    def test_changed_lines_are_held_again(self):
        self.approved(self.order)
        self.order.order_line.price_unit = 30000  # of a quotation everybody may
        self.refused(self.order.action_confirm)
        self.order.order_line.price_unit = 20000
        self.approved(self.order)
        self.order.action_confirm()
        for values in ({"price_unit": 30000}, {"product_uom_qty": 5}, {"discount": 50}):
            self.refused(lambda v=values: self.order.order_line.write(v))
        self.refused(
            lambda: self.order.write(
                {"order_line": [Command.create({"product_id": self.seats.id})]}
            )
        )

    def test_a_confirmed_small_order_does_not_grow_large_unseen(self):
        order = self.quotation(price_unit=50)
        order.action_confirm()
        self.refused(lambda: order.order_line.write({"product_uom_qty": 1000}))
        self.assertEqual(order.amount_total, 50)

    def test_the_form_says_how_it_stands(self):
        order = self.order
        self.assertIn("needs an approval", order.approval_words)
        self.assertTrue(order.approval_needed)
        request = self.asked(order)
        self.env.invalidate_all()
        self.assertFalse(order.approval_needed)
        self.assertIn("▶ Waits for Finance", order.approval_words)
        self.assertEqual(order.approval_request_id, request)
        self.assertEqual(order.open_approval()["res_id"], request.id)
        self.governed.action_archive()
        self.env.invalidate_all()
        self.assertFalse(order.approval_words)
