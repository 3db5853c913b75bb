from odoo import api, fields, models

from odoo.addons.event_hub.policies.arguments import WHOLE
from odoo.addons.event_hub.tools.arguments import takes


class TestApprovalEngineOrder(models.Model):
    """Knows nothing of approvals: governed by a record that a manager makes."""

    _name = "test_approval_engine.order"
    _description = "Toy Order"

    name = fields.Char(required=True)
    note = fields.Char()
    title = fields.Char(translate=True)
    state = fields.Selection(
        [("draft", "Draft"), ("sale", "Confirmed"), ("cancel", "Cancelled")],
        default="draft",
    )
    day = fields.Date()
    amount = fields.Monetary()
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    partner_id = fields.Many2one("res.partner")
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    tag_ids = fields.Many2many("res.partner.category")
    line_ids = fields.One2many("test_approval_engine.order_line", "order_id")
    total = fields.Float(compute="_compute_total", store=True)
    shout = fields.Char(compute="_compute_shout", inverse="_inverse_shout")

    @api.depends("line_ids.price")
    def _compute_total(self):
        for order in self:
            order.total = sum(order.line_ids.mapped("price"))

    @api.depends("name")
    def _compute_shout(self):
        for order in self:
            order.shout = (order.name or "").upper()

    def _inverse_shout(self):
        for order in self:
            order.name = order.shout

    def action_confirm(self):
        self.write({"state": "sale"})
        return True

    @takes(amount=WHOLE)
    def action_add(self, amount=0):
        for order in self:
            order.amount += amount
        return True


class TestApprovalEngineOrderLine(models.Model):
    _name = "test_approval_engine.order_line"
    _description = "Toy Order Line"

    order_id = fields.Many2one("test_approval_engine.order", ondelete="cascade")
    name = fields.Char()
    price = fields.Float(digits=(16, 2))


class TestApprovalEngineOrderNote(models.Model):
    """Something beside the orders that nobody governs."""

    _name = "test_approval_engine.order_note"
    _description = "Toy Note"

    name = fields.Char()
