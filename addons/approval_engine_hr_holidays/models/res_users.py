from odoo import api, fields, models
from odoo.fields import Domain

APPROVED = "validate"


class ResUsers(models.Model):
    _inherit = "res.users"

    def _approval_periods(self):
        """Approved leave, too: from when to when, never what kind of."""
        found = super()._approval_periods()
        now = fields.Datetime.now()
        leaves = self._approved_leaves(
            Domain("employee_id.user_id", "in", self.ids) & Domain("date_to", ">", now)
        )
        for leave in leaves:
            user = leave.employee_id.user_id
            found.setdefault(user, []).append((leave.date_from, leave.date_to))
        return found

    @api.model
    def _approval_maybe_away(self):
        now = fields.Datetime.now()
        on_leave = self._approved_leaves(
            Domain("date_from", "<=", now) & Domain("date_to", ">", now)
        )
        return super()._approval_maybe_away() | on_leave.employee_id.user_id

    @api.model
    def _approved_leaves(self, domain):
        """:return: approved leave in sudo; what counts as time worked is none"""
        return (
            self.env["hr.leave"]
            .sudo()
            .search(
                Domain("state", "=", APPROVED)
                & Domain("holiday_status_id.time_type", "=", "leave")
                & Domain("employee_id.user_id", "!=", False)
                & domain
            )
        )
