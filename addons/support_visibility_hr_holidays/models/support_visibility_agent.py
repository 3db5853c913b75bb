from odoo import api, models


class SupportVisibilityAgent(models.Model):
    _inherit = "support_visibility.agent"

    @api.model
    def _absent_user_ids(self, at, user_ids):
        """Whoever is on approved leave, too; what counts as time worked is no absence."""
        leaves = (
            self.env["hr.leave"]
            .sudo()
            .search_fetch(
                [
                    ("state", "=", "validate"),
                    ("holiday_status_id.time_type", "=", "leave"),
                    ("employee_id.user_id", "in", list(user_ids)),
                    ("date_from", "<=", at),
                    ("date_to", ">", at),
                ],
                ["employee_id"],
            )
        )
        found = set(leaves.employee_id.user_id.ids)
        return super()._absent_user_ids(at, user_ids) | found
