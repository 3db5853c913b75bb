from odoo import api, models

MATTERS = frozenset({"plan_id", "state", "partner_id", "account_id"})


class SaasRiskSubscriptionPromise(models.Model):
    """Open tickets are promised what the plan of today says."""

    _inherit = "saas_risk.subscription"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        subs = super().create(vals_list)
        subs._promises_changed(subs.account_id)
        return subs

    def write(self, vals):
        before = self.account_id
        result = super().write(vals)
        if MATTERS.intersection(vals):
            self._promises_changed(before | self.account_id)
        return result

    def _promises_changed(self, accounts):
        """Match the open tickets of these accounts anew, in the background, if any promise asks for the plan."""
        if (
            not accounts
            or not self.env["support_visibility.sla_policy"]._asks_for_plans()
        ):
            return
        tickets = self.env["support_visibility.ticket"].sudo()
        for (account,) in tickets._read_group(
            [("account_id", "in", accounts.ids), *tickets._open_domain()],
            ["account_id"],
        ):
            self.env["support_visibility.sla_reread"]._ask(
                self.env._("the subscription of the account was changed"),
                account=account,
            )
