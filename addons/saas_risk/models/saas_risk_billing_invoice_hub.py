from odoo import api, fields, models

from ..const import TODO, TODO_DAYS
from ..policies import dunning, payments
from ..policies import subscription as states


class SaasRiskBillingInvoice(models.Model):
    """What billing tells us about invoices, and what follows from it at once.

    The mirror, the subscription's state and the account's health follow here, in the
    transaction that records the event. What people or policies are asked is left to
    Automation Rules on ``risk.*`` events.
    """

    _inherit = "saas_risk.billing_invoice"

    @api.model
    def _hub_on_payment_failed(self, events):
        return self._take_facts(events, payments.FAILED)

    @api.model
    def _hub_on_payment_succeeded(self, events):
        return self._take_facts(events, payments.SUCCEEDED)

    @api.model
    def _hub_on_invoice_disputed(self, events):
        for event in events:
            self.browse(event.case_id).dispute_reason = (event.attributes or {}).get(
                "reason"
            )
        return self._take_facts(events, payments.DISPUTED)

    def _take_facts(self, events, outcome):
        """Record the facts, restate the invoices, then what follows."""
        invoices = self.browse(dict.fromkeys(event.case_id for event in events))
        self.env["saas_risk.payment_attempt"]._record(events, outcome)
        changes = invoices._restate()
        invoices._follow_failures(changes)
        invoices._follow_payments(changes)
        invoices._tell_recoveries(changes)
        self._tell_partial_payments(events, changes)
        self.env["saas_risk.health_model"]._assess_accounts(invoices.partner_id)
        invoices._tell_repeated_failures()
        return True

    # ------------------------------------------------------------------ consequences

    def _follow_failures(self, changes):
        failing = self.filtered(
            lambda inv: changes[inv][1].unpaid and changes[inv][1].failures
        )
        failing.subscription_id.filtered(
            lambda sub: states.state_after_failure(sub.state) != sub.state
        )._set_state(states.PAST_DUE)

    def _follow_payments(self, changes):
        """Bring subscriptions back whose last failing invoice is paid."""
        recovered = self.filtered(
            lambda inv: changes[inv][0].unpaid and not changes[inv][1].unpaid
        )
        subscriptions = recovered.subscription_id.filtered(
            lambda sub: sub.state in states.TROUBLED
        )
        failing = self._failing_elsewhere(subscriptions) if subscriptions else {}
        back = subscriptions.filtered(
            lambda sub: (
                sub.state
                != states.state_after_payment(
                    sub.state,
                    others_unpaid=bool(failing.get(sub)),
                    suspended_for_paid=sub.suspended_invoice_id in recovered,
                )
            )
        )
        back._set_state(states.ACTIVE)

    def _tell_recoveries(self, changes):
        """A payment ended an unpaid spell with failed attempts; also one we hear of late."""
        for invoice in self:
            before, now = changes[invoice]
            if (
                invoice.subscription_id
                and before.failures
                and before.spell != now.spell
            ):
                invoice.subscription_id._emit(
                    "risk.payment_recovered",
                    objects=[("invoice", invoice)],
                    **invoice.subscription_id._story(),
                    invoice=invoice.number,
                    failures=before.failures,
                )

    def _tell_partial_payments(self, events, changes):
        """Money came in and the invoice is still open: too little, or in another currency."""
        for event in events:
            invoice = self.browse(event.case_id)
            now = changes[invoice][1]
            if not now.unpaid or str(event.id) not in now.unsettled:
                continue
            data = event.attributes or {}
            same = data["currency"].upper() == now.currency
            (invoice.subscription_id or invoice)._emit(
                "risk.payment_partial",
                objects=[("invoice", invoice)],
                **invoice.subscription_id._story() if invoice.subscription_id else {},
                invoice=invoice.number,
                paid=data["amount"],
                paid_currency=data["currency"].upper(),
                received=invoice.received_amount,
                due=invoice.amount,
                due_currency=now.currency,
                failures=now.failures,
                reason="partial" if same else "other_currency",
            )

    def _tell_repeated_failures(self):
        """Once per unpaid spell of an invoice: its failures have reached the tier's threshold."""
        untold = self.filtered(
            lambda inv: (
                inv.state != payments.PAID
                and inv.failed_count
                and inv.case_spell != inv.spell
            )
        )
        for company, invoices in untold.grouped("company_id").items():
            terms = self.env["saas_risk.dunning_policy"]._terms_by_tier(company)
            for invoice in invoices:
                if dunning.reaches_threshold(
                    invoice.failed_count, terms.get(invoice.partner_id.account_tier)
                ):
                    invoice._write_gated({"case_spell": invoice.spell})
                    invoice._tell_repeated_failure()

    def _tell_repeated_failure(self):
        self.ensure_one()
        if self.subscription_id:
            self.subscription_id._emit(
                "risk.payment_failures_repeated",
                objects=[("invoice", self)],
                **{
                    **self.subscription_id._story(),
                    "invoice": self.number,
                    "failures": self.failed_count,
                },
            )
        else:
            self._ask_owner_for_subscription()

    def _ask_owner_for_subscription(self):
        """Money is failing and there is nothing to act on: a person must look."""
        owner = self.partner_id.account_owner_id
        self.partner_id.sudo().activity_schedule(
            TODO,
            fields.Date.add(fields.Date.today(), days=TODO_DAYS),
            summary=self.env._(
                "%(count)s failed payments on %(number)s, and no subscription",
                count=self.failed_count,
                number=self.number,
            ),
            user_id=owner.id or self.env["res.users"]._risk_fallback_owner().id,
        )
