from odoo import fields, models


class SaasRiskPlan(models.Model):
    _name = "saas_risk.plan"
    _description = "Plan"
    _order = "sequence, name"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    price = fields.Monetary(required=True, help="List price per seat and period.")
    period = fields.Selection(
        [("month", "Month"), ("year", "Year")],
        required=True,
        default="month",
        help="What the price is for.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Empty: for all companies.",
    )
    description = fields.Text()
    subscription_count = fields.Integer(compute="_compute_subscription_count")

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0)) WHERE active",
        "A plan of this company has this name.",
    )
    _price_not_negative = models.Constraint(
        "CHECK(price >= 0)", "The price of a plan cannot be negative."
    )

    def _compute_subscription_count(self):
        counts = dict(
            self.env["saas_risk.subscription"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.subscription_count = counts.get(plan, 0)
