from odoo import fields, models


class ApprovalEngineHold(models.TransientModel):
    """Asks why a request is kept longer than others."""

    _name = "approval_engine.hold"
    _description = "Legal Hold"

    request_id = fields.Many2one(
        "approval_engine.request",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Char(
        "Why", help="Such as the number of the file. It stands on the request."
    )

    def action_hold(self):
        self.ensure_one()
        return self.request_id.action_hold(self.reason or "")
