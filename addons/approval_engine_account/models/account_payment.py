from odoo import models


class AccountPayment(models.Model):
    """A payment that waits for an approval says so, and how to ask for it."""

    _name = "account.payment"
    _inherit = ["account.payment", "approval_engine.document"]

    _approval_confirms = {"state": ("in_process", "paid")}
