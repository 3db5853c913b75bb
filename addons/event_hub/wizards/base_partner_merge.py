from datetime import datetime, timezone

from odoo import models

from ..const import ACCOUNT_MERGED, MERGED_ROLE
from ..policies import accounts
from ..tools import trace
from ..tools.event_row import EventRow, ObjectRow


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two accounts become one: other systems still find it by every name it had, and its story stays whole.

    The ledger is not rewritten. An event tells which accounts were merged, and whoever reads
    an account's story follows it.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._move_external_ids(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _move_external_ids(self, src_partners, dst_partner):
        """These point to a partner without a foreign key, so nobody else takes them along."""
        self.env["event_hub.external_id"].sudo().search(
            [("res_model", "=", "res.partner"), ("res_id", "in", src_partners.ids)]
        ).write({"res_id": dst_partner.id})

    def _update_values(self, src_partners, dst_partner):
        src, dst = src_partners.sudo(), dst_partner.sudo()
        codes = list(filter(None, src.mapped("account_code")))
        companies = {p.account_code: p.company_id for p in src if p.account_code}
        # They are declared from low to high, also by other addons.
        rising = dst._fields["account_tier"].get_values(self.env)
        tier = accounts.highest_tier((src | dst).mapped("account_tier"), rising)
        src.account_code = False  # unique: nobody can have it while the old one does
        src.flush_recordset()
        result = super()._update_values(src_partners, dst_partner)
        dst.account_tier = tier
        if codes and not dst.account_code and dst.commercial_partner_id == dst:
            dst.account_code = codes.pop(0)
        self._remember_codes(codes, companies, dst)
        self._tell_of_merge(src, dst)
        return result

    def _remember_codes(self, codes, companies, partner):
        """What sources call by an account code of old becomes their external id of the account."""
        links = self.env["event_hub.external_id"].sudo()
        sources = (
            self.env["event_hub.source"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "!=", False)])
        )
        known = {
            (link.source_id.id, link.external_id)
            for link in links.search(
                [("res_model", "=", "res.partner"), ("external_id", "in", codes)]
            )
        }
        links.create(
            [
                {
                    "source_id": source.id,
                    "external_id": code,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
                for code in codes
                for source in sources
                if companies[code] in (source.company_id, self.env["res.company"])
                and (source.id, code) not in known
            ]
        )

    def _tell_of_merge(self, src, dst):
        self.env["event_hub.event"]._append(
            [
                EventRow(
                    type=ACCOUNT_MERGED,
                    correlation=trace.new_correlation(),
                    occurred_at=datetime.now(timezone.utc).replace(tzinfo=None),
                    case_type="account",
                    case_model="res.partner",
                    case_id=dst.id,
                    account_id=dst.commercial_partner_id.id,
                    company_id=dst.company_id.id or self.env.company.id,
                    actor=self.env.user.login,
                    actor_id=self.env.uid,
                    attributes={"count": len(src)},
                    objects=tuple(
                        ObjectRow(MERGED_ROLE, "res.partner", id_) for id_ in src.ids
                    ),
                )
            ]
        )
