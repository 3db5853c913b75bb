from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What an account has once: table and the columns that tell one from another within the account.
ONCE = (
    ("saas_risk_usage_daily", ("company_id", "date", "metric")),
    ("saas_risk_milestone", ("company_id", "name")),
)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two accounts that both have something of which an account has one."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._refuse_same_invoices(src_partners | dst_partner)
        for table, columns in ONCE:
            self._keep_one(table, columns, src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _refuse_same_invoices(self, partners):
        """Each has payments of its own that are never changed, so nobody can tell what is due."""
        invoices = self.env["saas_risk.billing_invoice"]
        invoices.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT array_agg(id) FROM saas_risk_billing_invoice WHERE partner_id = ANY(%s)"
                " GROUP BY company_id, number HAVING count(*) > 1 ORDER BY number LIMIT 5",
                partners.ids,
            )
        )
        if rows:
            same = invoices.browse(id_ for (ids,) in rows for id_ in ids)
            raise UserError(
                self.env._(
                    "%(accounts)s cannot be merged: more than one of them has the invoice %(numbers)s, each with"
                    " payments of its own. Keep them as contacts of one company instead.",
                    accounts=", ".join(partners.mapped("display_name")),
                    numbers=self._numbers(same),
                )
            )

    def _numbers(self, invoices):
        """:return: the numbers of those that the reader may see, in words if there is none"""
        seen = invoices._filtered_access("read").mapped("number")
        return ", ".join(dict.fromkeys(seen)) or self.env._(
            "of a company that you cannot see"
        )

    def _keep_one(self, table, columns, src_partners, dst_partner):
        """The account that stays has the word, then whoever was first."""
        same = SQL(" AND ").join(
            SQL(
                "%s IS NOT DISTINCT FROM %s",
                SQL.identifier("gone", column),
                SQL.identifier("kept", column),
            )
            for column in columns
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM %(table)s gone USING %(table)s kept
                 WHERE gone.partner_id = ANY(%(src)s) AND kept.partner_id = ANY(%(all)s) AND gone.id != kept.id
                   AND (kept.partner_id = %(dst)s OR kept.id < gone.id) AND %(same)s
                """,
                table=SQL.identifier(table),
                src=src_partners.ids,
                all=(src_partners | dst_partner).ids,
                dst=dst_partner.id,
                same=same,
            )
        )
        self.env.invalidate_all()
