from odoo import fields, models

from ..policies.escalation import MAX_REASON_CHARS


class SupportVisibilitySnooze(models.TransientModel):
    """Put tickets aside until a moment."""

    _name = "support_visibility.snooze"
    _description = "Snooze Tickets"

    ticket_ids = fields.Many2many(
        "support_visibility.ticket",
        string="Tickets",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    until = fields.Datetime(
        required=True,
        default=lambda self: fields.Datetime.add(fields.Datetime.now(), days=1),
    )
    why = fields.Char("What is to be done then?", size=MAX_REASON_CHARS)

    def action_snooze(self):
        self.ensure_one()
        until = fields.Datetime.to_string(self.until)
        return self.ticket_ids.action_snooze(until, self.why)
