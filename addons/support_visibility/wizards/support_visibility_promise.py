from odoo import fields, models

from ..policies.held_reply import PROMISES


class SupportVisibilityPromise(models.TransientModel):
    """Write an answer that costs us something."""

    _name = "support_visibility.promise"
    _description = "Reply with a Promise"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    body = fields.Html("Reply", required=True)
    promise = fields.Selection(PROMISES, "It Promises", required=True)
    amount = fields.Monetary("Worth")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_hold(self):
        self.ensure_one()
        ticket = self.ticket_id
        ticket._hold()
        files = self.attachment_ids.ids
        ticket._hold_reply(
            self.body, self.promise, self.amount, self.currency_id.id, files
        )
        return {"type": "ir.actions.act_window_close"}
