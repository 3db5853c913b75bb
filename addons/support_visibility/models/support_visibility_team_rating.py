from odoo import api, fields, models


class SupportVisibilityTeamRating(models.Model):
    _inherit = "support_visibility.team"  # pylint: disable=consider-merging-classes-inherited

    satisfaction_text = fields.Char(
        "Satisfaction",
        compute="_compute_satisfaction_text",
        help="How customers rated the team's tickets in the last 90 days.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_satisfaction_text(self):
        words = self.env["support_visibility.ticket"]._satisfaction_words(
            "team_id", self.ids
        )
        for team in self:
            team.satisfaction_text = words.get(team.id, "")
