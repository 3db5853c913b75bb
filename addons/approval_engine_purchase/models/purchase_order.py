from odoo import models


class PurchaseOrder(models.Model):
    """A purchase order that waits for an approval says so, and how to ask for it."""

    _name = "purchase.order"
    _inherit = ["purchase.order", "approval_engine.document"]

    _approval_confirms = {"state": ("purchase",)}
