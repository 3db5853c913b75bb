from odoo import fields, models


class ApprovalEngineCompletion(models.TransientModel):
    """Asks how a request that failed was carried out by hand."""

    _name = "approval_engine.completion"
    _description = "Carried Out by Hand"

    request_id = fields.Many2one(
        "approval_engine.request",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(
        "How", help="What was done by hand, and where to see it. It stays in the log."
    )

    def action_complete(self):
        self.ensure_one()
        return self.request_id.action_complete(self.reason or "")
