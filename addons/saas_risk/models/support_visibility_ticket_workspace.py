from odoo import models
from odoo.tools import format_date


class SupportVisibilityTicketWorkspace(models.Model):
    """What the account of a ticket is worth and how healthy it is, beside the conversation."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _customer_items(self):
        return super()._customer_items() + self._worth_items()

    def _worth_items(self):
        """MRR, health and renewal in the company of the ticket; they open for those who may read them."""
        account = self.sudo().account_id.with_company(self.company_id)
        if not account or not (account.mrr or account.health_status):
            return []
        item, found = self._workspace_item, []
        if account.mrr:
            worth = self.company_id.sudo().currency_id.format(account.mrr)
            found.append(
                item(self.env._("MRR"), worth, self._subscriptions_of(account))
            )
        if account.health_status:
            found.append(self._health_item(account))
        if account.next_renewal_date:
            day = format_date(self.env, account.next_renewal_date)
            opens = self._subscriptions_of(account)
            found.append(item(self.env._("Renewal"), day, opens))
        return found

    def _health_item(self, account):
        words = dict(account._fields["health_status"]._description_selection(self.env))
        marks = {"at_risk": "warning", "critical": "danger"}
        return self._workspace_item(
            self.env._("Health"),
            f"{account.health_score:.0f} · {words[account.health_status]}",
            account,
            marks.get(account.health_status, ""),
            account.health_reasons or "",
        )

    def _subscriptions_of(self, account):
        """:return: action that opens what the account pays for, None for who may not read it"""
        subscriptions = self.env["saas_risk.subscription"]
        if not subscriptions.has_access("read"):
            return None
        domain = [("account_id", "=", account.id)]
        name = self.env._("Subscriptions")
        return self._list_of(name, subscriptions._name, domain)
