import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class AiAssistJudgement(models.TransientModel):
    _name = "ai_assist.judgement"
    _description = "Judge a Suggestion"

    suggestion_id = fields.Many2one(
        "ai_assist.suggestion", required=True, ondelete="cascade"
    )
    reason = fields.Char("What is wrong with it?")
    output = fields.Text(
        "Correction",
        compute="_compute_output",
        store=True,
        readonly=False,
        help="JSON, in the shape of the suggestion.",
    )

    @api.depends("suggestion_id")
    def _compute_output(self):
        for judgement in self:
            judgement.output = json.dumps(
                judgement.suggestion_id.output, indent=2, ensure_ascii=False
            )

    def action_reject(self):
        self.ensure_one()
        return self.suggestion_id.action_reject(reason=self.reason)

    def action_edit(self):
        self.ensure_one()
        try:
            output = json.loads(self.output or "")
        except ValueError as error:
            raise UserError(
                self.env._("The correction is not JSON: %(error)s", error=error)
            ) from error
        return self.suggestion_id.action_edit(output)
