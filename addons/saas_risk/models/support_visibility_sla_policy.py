from odoo import api, fields, models


class SupportVisibilitySlaPolicy(models.Model):
    """Promises may depend on what the account pays for."""

    _inherit = "support_visibility.sla_policy"

    plan_ids = fields.Many2many(
        "saas_risk.plan",
        "saas_risk_sla_policy_plan_rel",
        string="Plans",
        groups="saas_risk.group_risk_user",
        help="Accounts with a living subscription to one of these plans.",
    )

    @api.model
    def _wanted_fields(self):
        return {**super()._wanted_fields(), "plan": "plan_ids"}

    @api.model
    def _asks_for_plans(self):
        return any(promise.rule.wanted.get("plan") for promise in self._promises())
