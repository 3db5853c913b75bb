from collections import defaultdict

from odoo import models

from ..policies import subscription as states


class SupportVisibilityTicket(models.Model):
    """What the account of a ticket pays for, for the promises made to it."""

    _inherit = "support_visibility.ticket"

    def _sla_more_traits(self, asked):
        found = super()._sla_more_traits(asked)
        if "plan" not in asked:
            return found
        plans = self._plans_by_account()
        return {
            ticket.id: {
                **found.get(ticket.id, {}),
                "plan": plans[ticket.account_id.id, ticket.company_id.id],
            }
            for ticket in self
        }

    def _plans_by_account(self):
        """:return: ``{(account id, company id): ids of the plans it has}``, in one query"""
        plans = defaultdict(set)
        for account, company, plan in (
            self.env["saas_risk.subscription"]
            .sudo()
            ._read_group(
                [
                    ("account_id", "in", self.account_id.ids),
                    ("state", "in", sorted(states.LIVING)),
                ],
                ["account_id", "company_id", "plan_id"],
            )
        ):
            plans[account.id, company.id].add(plan.id)
        return plans
