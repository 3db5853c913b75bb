from odoo import models

from ..exceptions import ParkMessage


class EventHubProcessor(models.AbstractModel):
    """Whom incoming events are about."""

    _inherit = "event_hub.processor"

    def _find_accounts(self, wanted):
        """Who are these subjects?

        :param wanted: set of ``(source id, subject)``
        :return: ``{(source id, subject): partner or ParkMessage}``: by external id, else by account code
        """
        if not wanted:
            return {}
        by_external_id = self._accounts_by_external_id(wanted)
        rest = {subject for _, subject in wanted - by_external_id.keys()}
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        by_code = (
            partners.search_fetch(
                [("account_code", "in", list(rest))],
                ["account_code", "company_id", "commercial_partner_id"],
            ).grouped("account_code")
            if rest
            else {}
        )
        sources = self.env["event_hub.source"].sudo()
        return {
            key: self._pick_account(
                sources.browse(key[0]),
                key[1],
                by_external_id.get(key) or by_code.get(key[1], partners),
            )
            for key in wanted
        }

    def _accounts_by_external_id(self, wanted):
        links = (
            self.env["event_hub.external_id"]
            .sudo()
            .search_fetch(
                [
                    ("source_id", "in", list({source_id for source_id, _ in wanted})),
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
            (link.source_id.id, link.external_id): partners.browse(
                link.res_id
            ).with_prefetch(partners.ids)
            for link in links
            if link.res_id in alive
        }

    def _pick_account(self, source, subject, partners):
        """:return: of several companies' accounts the source's own, else a shared one, else why not"""
        accounts = partners.commercial_partner_id
        companies = [account.company_id.id for account in accounts]
        for wanted in (source.company_id.id, False):
            if wanted in companies:
                return accounts[companies.index(wanted)]
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
