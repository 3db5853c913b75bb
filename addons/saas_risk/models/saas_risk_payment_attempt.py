from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies import decline, payments


class SaasRiskPaymentAttempt(models.Model):
    """One fact the billing system reported about an invoice. Never changed."""

    _name = "saas_risk.payment_attempt"
    _description = "Payment Attempt"
    _inherit = ["event_hub.append_only"]
    _order = "occurred_at desc, id desc"
    _rec_name = "outcome"
    _log_access = False

    invoice_id = fields.Many2one(
        "saas_risk.billing_invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    outcome = fields.Selection(
        [
            (payments.FAILED, "Failed"),
            (payments.SUCCEEDED, "Payment"),
            (payments.DISPUTED, "Disputed"),
        ],
        required=True,
        readonly=True,
    )
    occurred_at = fields.Datetime(required=True, readonly=True, index=True)
    attempt_number = fields.Integer(
        "Attempt",
        readonly=True,
        aggregator=None,
        help="Number the billing system gave it; 0 if it gave none.",
    )
    has_number = fields.Boolean(readonly=True)
    decline_code = fields.Char(readonly=True)
    decline_class = fields.Selection(
        [
            (decline.FUNDS, "Funds missing"),
            (decline.CARD, "Card must be renewed"),
            (decline.BANK, "Bank refused"),
            (decline.FRAUD, "Suspected fraud"),
            (decline.TECHNICAL, "Technical"),
            (decline.OTHER, "Not given"),
        ],
        "Class",
        readonly=True,
        help="What kind of next step the reason asks for.",
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    event_id = LooseMany2one("event_hub.event", "Event", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(related="invoice_id.partner_id", string="Account")
    subscription_id = fields.Many2one(related="invoice_id.subscription_id")
    invoice_state = fields.Selection(related="invoice_id.state", string="Invoice State")
    account_tier = fields.Selection(related="invoice_id.partner_id.account_tier")
    next_step = fields.Char(compute="_compute_next_step")

    _event_uniq = models.Constraint(
        "UNIQUE(event_id)", "This event is recorded already."
    )

    @api.depends(
        "decline_class",
        "outcome",
        "occurred_at",
        "currency_id",
        "invoice_id.state",
        "invoice_id.paid_at",
        "invoice_id.currency_id",
    )
    def _compute_next_step(self):
        steps = {
            decline.FUNDS: self.env._("Try again in a few days"),
            decline.CARD: self.env._("Ask for new payment details"),
            decline.BANK: self.env._("Ask the customer to call the bank"),
            decline.FRAUD: self.env._("Have finance check before any retry"),
            decline.TECHNICAL: self.env._("Try again soon"),
            decline.OTHER: self.env._("Ask billing for the reason"),
        }
        for attempt in self:
            if attempt._is_partial():
                attempt.next_step = (
                    self.env._("Ask for the rest")
                    if attempt.currency_id == attempt.invoice_id.currency_id
                    else self.env._("Clear the other currency in billing")
                )
            elif (
                attempt.outcome != payments.FAILED
                or attempt.invoice_id.state == payments.PAID
            ):
                attempt.next_step = self.env._("Nothing, it is settled")
            else:
                attempt.next_step = steps[attempt.decline_class or decline.OTHER]

    def _is_partial(self):
        """Is it a payment that left its invoice open?"""
        invoice = self.invoice_id
        return (
            self.outcome == payments.SUCCEEDED
            and invoice.state != payments.PAID
            and (not invoice.paid_at or self.occurred_at > invoice.paid_at)
        )

    @api.model
    def _record(self, events, outcome):
        """One row per event, in one batch. Amounts are taken as reported."""
        invoices = self.env["saas_risk.billing_invoice"].browse(
            {event.case_id for event in events}
        )
        by_id = {invoice.id: invoice for invoice in invoices}
        currencies = invoices._currencies_named(
            {(event.attributes or {}).get("currency") for event in events}
        )
        return self.create(
            [
                self._vals_of(event, by_id[event.case_id], outcome, currencies)
                for event in events
            ]
        )

    def _vals_of(self, event, invoice, outcome, currencies):
        data = event.attributes or {}
        amount, currency = data.get("amount"), (data.get("currency") or "").upper()
        number = data.get("attempt")
        code = data.get("decline_code")
        return {
            "invoice_id": invoice.id,
            "outcome": outcome,
            "occurred_at": event.occurred_at,
            "attempt_number": number or 0,
            "has_number": number is not None,
            "decline_code": code,
            "decline_class": decline.classify(code)
            if outcome == payments.FAILED
            else False,
            "amount": invoice.amount if amount is None else amount,
            "currency_id": currencies.get(currency, invoice.currency_id).id,
            "event_id": event.id,
            "company_id": invoice.company_id.id,
        }

    @api.model
    def _facts_of(self, invoices):
        """:return: ``{invoice id: [PaymentFact]}``, read in one query"""
        facts = {}
        for row in self.search([("invoice_id", "in", invoices.ids)]):
            facts.setdefault(row.invoice_id.id, []).append(
                payments.PaymentFact(
                    key=str(row.event_id.id),
                    outcome=row.outcome,
                    occurred_at=row.occurred_at,
                    sequence=row.id,
                    attempt=row.attempt_number if row.has_number else None,
                    amount=Decimal(str(row.amount))
                    if row.outcome != payments.DISPUTED
                    else None,
                    currency=row.currency_id.name or "",
                )
            )
        return facts
