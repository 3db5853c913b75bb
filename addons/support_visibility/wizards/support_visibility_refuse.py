from odoo import fields, models


class SupportVisibilityRefuse(models.TransientModel):
    """Why a held reply must not be sent."""

    _name = "support_visibility.refuse"
    _description = "Refuse a Reply"

    reply_id = fields.Many2one(
        "support_visibility.held_reply",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    why = fields.Char(required=True, size=500)

    def action_refuse(self):
        self.ensure_one()
        return self.reply_id.action_refuse(self.why)
