from odoo import models


class SaleOrder(models.Model):
    """A quotation that waits for an approval says so, and how to ask for it."""

    _name = "sale.order"
    _inherit = ["sale.order", "approval_engine.document"]

    _approval_confirms = {"state": ("sale",)}
