from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import retention


class ResCompany(models.Model):
    _inherit = "res.company"

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
