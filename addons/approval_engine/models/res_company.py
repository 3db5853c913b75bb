from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import EXCEPTION_EVENT
from ..policies import retention


class ResCompany(models.Model):
    """How long a company keeps its approvals; each change is seen, as it decides what is deleted."""

    _name = "res.company"
    _inherit = ["res.company", "event_hub.emitter"]
    _hub_case_type = "company"
    _hub_imports_history = False

    approval_retention_years = fields.Integer(
        "Keep Approvals (years)",
        help="Requests that ended longer ago are deleted with their decisions, under a checkpoint that keeps the rest "
        "of the log verifying. 0: kept for good.",
    )

    @api.constrains("approval_retention_years")
    def _check_approval_retention(self):
        for company in self:
            years = company.approval_retention_years
            if years and not retention.MIN_YEARS <= years <= retention.MOST_YEARS:
                raise ValidationError(
                    self.env._(
                        "Approvals are kept for 1 to %(most)s years, or for good (0). %(years)s is none of these.",
                        most=retention.MOST_YEARS,
                        years=years,
                    )
                )

    def write(self, vals):
        if "approval_retention_years" not in vals:
            return super().write(vals)
        before = {one.id: one.approval_retention_years for one in self}
        result = super().write(vals)
        for one in self:
            years = one.approval_retention_years
            if years != before[one.id]:
                one._emit(
                    EXCEPTION_EVENT,
                    kind="retention_changed",
                    years=years,
                    years_before=before[one.id],
                    by=self.env.user.login,
                )
        return result

    def _hub_company(self):
        return self

    def _hub_account(self):
        return self.env["res.partner"]
