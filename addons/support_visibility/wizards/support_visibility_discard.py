from odoo import fields, models

from ..models.support_visibility_quarantine import MAX_REASON_CHARS


class SupportVisibilityDiscard(models.TransientModel):
    _name = "support_visibility.discard"
    _description = "Discard Quarantined Mail"

    kept_ids = fields.Many2many(
        "support_visibility.quarantine",
        "support_visibility_discard_kept_rel",
        string="Mails",
        required=True,
        default=lambda self: self.env.context.get("active_ids", []),
    )
    reason = fields.Char(
        "Why is it none of ours?", required=True, size=MAX_REASON_CHARS
    )

    def action_discard(self):
        self.ensure_one()
        return self.kept_ids.action_discard(self.reason)
