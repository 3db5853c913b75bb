from odoo import fields, models

from ..const import MANAGER_GROUP


class SupportVisibilityAgentCost(models.Model):
    """What an hour of an agent costs. Only managers see it."""

    _inherit = "support_visibility.agent"  # pylint: disable=consider-merging-classes-inherited

    currency_id = fields.Many2one(related="company_id.currency_id")
    hourly_cost = fields.Monetary(
        groups=MANAGER_GROUP,
        help="Counts for the time noted from now on: minutes noted x this / 60 = cost.",
    )

    _hourly_cost_positive = models.Constraint(
        "CHECK(hourly_cost >= 0)", "An hour costs nothing or more."
    )
