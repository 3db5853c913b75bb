from odoo import fields, models


class SupportVisibilityExplain(models.TransientModel):
    """Why promises were broken, for one or many at once."""

    _name = "support_visibility.explain"
    _description = "Explain a Broken Promise"

    clock_ids = fields.Many2many(
        "support_visibility.sla_clock",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    reason_id = fields.Many2one("support_visibility.breach_reason", required=True)
    note = fields.Char("In a Sentence", size=500)

    def action_explain(self):
        self.ensure_one()
        self.clock_ids.action_explain(self.reason_id.id, self.note or "")
        return {"type": "ir.actions.act_window_close"}
