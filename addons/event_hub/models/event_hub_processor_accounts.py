from odoo import models

from ..exceptions import ParkMessage


class EventHubProcessor(models.AbstractModel):
    """Whom incoming events are about."""

    _inherit = "event_hub.processor"

    def _find_accounts(self, wanted):
        """Who are these subjects?

        :param wanted: set of ``(source, subject)``
        :return: ``{(source, subject): partner or ParkMessage}``: by external id, else by account code
        """
        if not wanted:
            return {}
        by_external_id = self._accounts_by_external_id(wanted)
        rest = {
            subject
            for source, subject in wanted
            if (source, subject) not in by_external_id
        }
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        by_code = (
            partners.search_fetch(
                [("account_code", "in", list(rest))],
                ["account_code", "company_id", "commercial_partner_id"],
            ).grouped("account_code")
            if rest
            else {}
        )
        return {
            (source, subject): self._pick_account(
                source,
                subject,
                by_external_id.get((source, subject)) or by_code.get(subject, partners),
            )
            for source, subject in wanted
        }

    def _accounts_by_external_id(self, wanted):
        links = (
            self.env["event_hub.external_id"]
            .sudo()
            .search_fetch(
                [
                    ("source_id", "in", list({source.id for source, _ in wanted})),
                    ("external_id", "in", list({subject for _, subject in wanted})),
                    ("res_model", "=", "res.partner"),
                ],
                ["source_id", "external_id", "res_id"],
            )
        )
        partners = (
            self.env["res.partner"].sudo().browse(links.mapped("res_id")).exists()
        )
        alive = set(partners.ids)
        return {
            (link.source_id, link.external_id): partners.browse(
                link.res_id
            ).with_prefetch(partners.ids)
            for link in links
            if link.res_id in alive
        }

    def _pick_account(self, source, subject, partners):
        """:return: of several companies' accounts the source's own, else a shared one, else why not"""
        accounts = partners.commercial_partner_id
        own = accounts.filtered(lambda a: a.company_id == source.company_id)
        account = (own or accounts.filtered(lambda a: not a.company_id))[:1]
        if account:
            return account
        names = {
            "account": subject,
            "sender": source.name,
            "company": source.company_id.name,
        }
        if accounts:
            return ParkMessage(
                "wrong_company",
                self.env._(
                    "Account %(account)s belongs to another company than %(company)s, the one of source %(sender)s.",
                    **names,
                ),
            )
        return ParkMessage(
            "unknown_account",
            self.env._(
                "No account %(account)s in %(company)s: neither an external id of source %(sender)s nor an account "
                "code. Add one of them, then replay.",
                **names,
            ),
        )
