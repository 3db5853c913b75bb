from odoo import models


class AccountMove(models.Model):
    """A bill or credit note that waits for an approval says so, and how to ask for it."""

    _name = "account.move"
    _inherit = ["account.move", "approval_engine.document"]

    _approval_confirms = {"state": ("posted",)}
