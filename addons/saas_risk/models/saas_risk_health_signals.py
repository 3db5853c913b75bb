from datetime import timedelta
from decimal import Decimal

from odoo import fields, models

from ..const import USAGE_BASELINE_DAYS, USAGE_RECENT_DAYS
from ..policies import payments, usage
from ..policies import subscription as states
from ..policies.health import Observation

NONE = Decimal(0)


class SaasRiskHealthModel(models.Model):
    """What is observed: one method per signal, one query each for all accounts.

    Observing runs in superuser mode, so that a score does not depend on who looks;
    it reads only what belongs to the given company.
    """

    _inherit = "saas_risk.health_model"

    def _observe(self, partners, company):
        """:return: ``{signal code: {partner id: Observation}}`` for the signals of this model"""
        self.ensure_one()
        return {
            code: getattr(self.sudo(), f"_observe_{code}")(partners, company)
            for code in dict.fromkeys(self.signal_ids.mapped("code"))
        }

    def _observe_payment_failures(self, partners, company):
        """The unpaid invoice with most failed attempts."""
        seen = self._zero("payment_failures", partners)
        failing = self.env["saas_risk.billing_invoice"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("state", "!=", payments.PAID),
                ("failed_count", ">", 0),
            ],
            order="failed_count, id desc",
        )
        for invoice in failing:  # the worst comes last and stays
            words = (
                self.env._("%(count)s failed attempts on invoice %(number)s")
                if invoice.failed_count > 1
                else self.env._("%(count)s failed attempt on invoice %(number)s")
            )
            seen[invoice.partner_id.id] = Observation(
                "payment_failures",
                Decimal(invoice.failed_count),
                words % {"count": invoice.failed_count, "number": invoice.number},
                invoice._name,
                invoice.id,
            )
        return seen

    def _observe_invoices_disputed(self, partners, company):
        disputed = self.env["saas_risk.billing_invoice"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("state", "=", payments.CONTESTED),
            ]
        )
        return self._counted(
            "invoices_disputed",
            partners,
            disputed,
            "partner_id",
            self.env._("%(count)s disputed: invoice %(name)s"),
        )

    def _observe_suspended(self, partners, company):
        suspended = self.env["saas_risk.subscription"].search(
            [
                ("account_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("state", "=", states.SUSPENDED),
            ]
        )
        return self._counted(
            "suspended",
            partners,
            suspended,
            "account_id",
            self.env._("%(count)s suspended: subscription %(name)s"),
        )

    def _observe_open_tickets(self, partners, company):
        return self._counted(
            "open_tickets",
            partners,
            self._open_tickets(partners, company),
            "account_id",
            self.env._("%(count)s open tickets, the oldest: %(name)s"),
        )

    def _observe_urgent_tickets(self, partners, company):
        urgent = self._open_tickets(partners, company, [("priority", "=", "3")])
        return self._counted(
            "urgent_tickets",
            partners,
            urgent,
            "account_id",
            self.env._("%(count)s open urgent tickets, the oldest: %(name)s"),
        )

    def _open_tickets(self, partners, company, further=()):
        tickets = self.env["support_visibility.ticket"]
        return tickets.search(
            [
                *tickets._open_domain(),
                *further,
                ("account_id", "in", partners.ids),
                ("company_id", "in", [False, company.id]),
            ],
            order="id",
        )

    def _observe_milestones_late(self, partners, company):
        late = self.env["saas_risk.milestone"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("done_on", "=", False),
                ("due_on", "<", fields.Date.today()),
            ],
            order="due_on, id",
        )
        return self._counted(
            "milestones_late",
            partners,
            late,
            "partner_id",
            self.env._("%(count)s onboarding milestones overdue, the first: %(name)s"),
        )

    def _observe_usage_change(self, partners, company):
        """Daily mean of the last days against the days before; unknown without reports."""
        today = fields.Date.today()
        recent_from = today - timedelta(days=USAGE_RECENT_DAYS)
        rows = self.env["saas_risk.usage_daily"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("date", "<=", today),
                ("date", ">", recent_from - timedelta(days=USAGE_BASELINE_DAYS)),
            ],
            order="date, id",
        )
        return {
            partner.id: self._usage_of(reported, recent_from)
            for partner, reported in rows.grouped("partner_id").items()
        }

    def _usage_of(self, rows, recent_from):
        """The metric that fell most; metrics are never added up."""
        worst = None
        for metric, reported in rows.grouped("metric").items():
            recent = reported.filtered(lambda row: row.date > recent_from)
            before = reported - recent
            change = usage.change_percent(
                recent=Decimal(str(sum(recent.mapped("value")))),
                recent_days=len(recent),
                baseline=Decimal(str(sum(before.mapped("value")))),
                baseline_days=len(before),
            )
            if change is not None and (worst is None or change < worst[0]):
                worst = (change, metric, recent[-1:])
        if worst is None:
            return Observation("usage_change", None)
        change, metric, row = worst
        words = self.env._(
            "Usage (%(metric)s) changed by %(change)s %%", metric=metric, change=change
        )
        return Observation("usage_change", change, words, row._name, row.id)

    # ------------------------------------------------------------------ helpers

    def _zero(self, code, partners):
        return {partner.id: Observation(code, NONE) for partner in partners}

    def _counted(self, code, partners, records, account_field, words):
        """Count records per account; the first one is shown."""
        seen = self._zero(code, partners)
        for account, found in records.grouped(account_field).items():
            text = words % {"count": len(found), "name": found[0].display_name}
            seen[account.id] = Observation(
                code, Decimal(len(found)), text, found._name, found[0].id
            )
        return seen
