from odoo import api, fields, models

from ..policies import dunning


class SaasRiskDunningPolicy(models.Model):
    """What repeated payment failures of one tier lead to."""

    _name = "saas_risk.dunning_policy"
    _description = "Dunning Policy"
    _order = "company_id, tier"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    tier = fields.Selection(
        lambda self: (
            self.env["res.partner"]
            ._fields["account_tier"]
            ._description_selection(self.env)
        ),
        required=True,
    )
    threshold = fields.Integer(
        "Failed Attempts",
        required=True,
        default=3,
        help="Distinct failed attempts on the same unpaid invoice that make a case.",
    )
    path = fields.Selection(
        [("approval", "Ask for a decision"), ("grace", "Grant grace")],
        required=True,
        default="grace",
        help="What happens then: people decide, or grace is granted by this policy.",
    )
    grace_days = fields.Integer(
        "Days of Grace",
        required=True,
        default=7,
        help="Calendar days, also when people decide for grace.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies without their own."
    )
    sentence = fields.Char(compute="_compute_sentence")

    _tier_uniq = models.UniqueIndex(
        "(tier, COALESCE(company_id, 0)) WHERE active",
        "This company has an active policy for this tier.",
    )
    _threshold_positive = models.Constraint(
        "CHECK(threshold >= 1)", "At least one failed attempt makes a case."
    )
    _grace_not_negative = models.Constraint(
        "CHECK(grace_days >= 0)", "Days of grace cannot be negative."
    )

    @api.depends("tier", "threshold", "path", "grace_days")
    def _compute_sentence(self):
        for policy in self:
            values = {
                "count": policy.threshold,
                "tier": policy.tier or "",
                "days": policy.grace_days,
            }
            if policy.path == dunning.APPROVAL:
                policy.sentence = self.env._(
                    "After %(count)s failed attempts on one unpaid invoice of a %(tier)s account, people "
                    "decide: suspend, extend grace by %(days)s days, or intervene.",
                    **values,
                )
            else:
                policy.sentence = self.env._(
                    "After %(count)s failed attempts on one unpaid invoice of a %(tier)s account, it gets "
                    "%(days)s days of grace.",
                    **values,
                )

    @api.model
    def _terms_by_tier(self, company):
        """:return: ``{tier: Terms}`` that hold in ``company``; its own come before those for all"""
        policies = self.sudo().search([("company_id", "in", [False, company.id])])
        general_first = policies.sorted(lambda policy: bool(policy.company_id))
        return {policy.tier: policy._terms() for policy in general_first}

    def _terms(self):
        self.ensure_one()
        return dunning.Terms(self.tier, self.threshold, self.path, self.grace_days)
