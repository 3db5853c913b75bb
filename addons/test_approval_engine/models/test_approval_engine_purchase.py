from odoo import fields, models


class TestApprovalEnginePurchase(models.Model):
    """The example of the documentation: under approval in ten lines."""

    _name = "test_approval_engine.purchase"
    _inherit = ["approval_engine.mixin"]
    _description = "Toy Purchase"
    _approval_type = "procurement"
    _approval_fields = ("amount", "state", "vendor_id")
    _approval_methods = ("action_order",)
    _approval_domain = [("amount", ">", 1000)]
    _approval_writes = True
    _approval_amount, _approval_account = "amount", "vendor_id"

    name = fields.Char()
    amount = fields.Float(digits=(16, 2))
    vendor_id = fields.Many2one("res.partner")
    state = fields.Selection(
        [("draft", "Draft"), ("ordered", "Ordered")], default="draft"
    )

    def action_order(self):
        self.state = "ordered"
        return True
