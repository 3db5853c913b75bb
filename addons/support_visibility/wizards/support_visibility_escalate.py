from odoo import fields, models

from ..policies.escalation import MAX_REASON_CHARS, REASON_CLASSES


class SupportVisibilityEscalate(models.TransientModel):
    _name = "support_visibility.escalate"
    _description = "Escalate Tickets"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    reason_class = fields.Selection(
        REASON_CLASSES, "What is missing here?", required=True
    )
    reason = fields.Char(
        "What does the next one need to know?", required=True, size=MAX_REASON_CHARS
    )

    def action_escalate(self):
        self.ensure_one()
        return self.ticket_ids.action_escalate(self.reason, self.reason_class)
