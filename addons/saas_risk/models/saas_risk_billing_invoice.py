from decimal import Decimal

from odoo import api, fields, models

from odoo.addons.event_hub.exceptions import ParkMessage
from odoo.addons.event_hub.fields import LooseMany2one

from ..policies import payments
from ..policies.payments import Standing, invoice_standing


class SaasRiskBillingInvoice(models.Model):
    """An invoice of the billing system, as the facts about it add up.

    It mirrors: what it says is folded from payment attempts, never typed in.
    """

    _name = "saas_risk.billing_invoice"
    _description = "Billing Invoice"
    _inherit = ["saas_risk.gated", "event_hub.subject"]
    _order = "last_failed_at desc, id desc"
    _rec_name = "number"
    _check_company_auto = True
    _hub_case_type = "invoice"

    _gated_fields = {
        "state": payments.OPEN,
        "failed_count": 0,
        "first_failed_at": False,
        "last_failed_at": False,
        "paid_at": False,
        "received_amount": 0.0,
        "spell": payments.FIRST_SPELL,
        "case_spell": False,
    }

    number = fields.Char(required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Account", required=True, index=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "saas_risk.subscription", index=True, check_company=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    amount = fields.Monetary(
        required=True,
        help="What is due: the most that an attempt to collect asked for.",
    )
    received_amount = fields.Monetary(
        "Received So Far",
        readonly=True,
        copy=False,
        help="Payments since it was last settled that are less than what is due.",
    )
    currency_id = fields.Many2one("res.currency", required=True)
    state = fields.Selection(
        [
            (payments.OPEN, "Open"),
            (payments.PAID, "Paid"),
            (payments.CONTESTED, "Disputed"),
        ],
        required=True,
        default=payments.OPEN,
        readonly=True,
        copy=False,
        index=True,
    )
    failed_count = fields.Integer(
        "Failed Attempts",
        readonly=True,
        copy=False,
        help="Distinct failed attempts since the last payment.",
    )
    first_failed_at = fields.Datetime(readonly=True, copy=False)
    last_failed_at = fields.Datetime(readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False)
    spell = fields.Char(
        readonly=True,
        copy=False,
        required=True,
        default=payments.FIRST_SPELL,
        help="Names the time since the last payment. A payment starts a new one.",
    )
    case_spell = fields.Char(
        readonly=True,
        copy=False,
        help="The spell for which repeated failure was already told.",
    )
    dispute_reason = fields.Char(readonly=True, copy=False)
    attempt_ids = fields.One2many(
        "saas_risk.payment_attempt", "invoice_id", "Payment History"
    )
    move_id = LooseMany2one(
        "account.move",
        "Accounting Entry",
        help="The same invoice in accounting, if there is one.",
    )
    account_tier = fields.Selection(related="partner_id.account_tier")
    account_owner_id = fields.Many2one(related="partner_id.account_owner_id")

    _number_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id, number)",
        "This account has an invoice with this number already.",
    )
    _unpaid_idx = models.Index("(partner_id) WHERE state != 'paid'")

    def _gate_hint(self):
        return self.env._("They follow from what the billing system reports.")

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for invoice in self:
            invoice.display_name = invoice.number

    # ------------------------------------------------------------------ finding

    @api.model
    def _hub_subjects(self, incoming):
        """Find or create the invoice each event names.

        An invoice is known by company, account and number: two billing systems may number alike.
        """
        company = incoming[0].company
        subscriptions = self._subscriptions_of(incoming, company)
        known = self._known(incoming, company)
        currencies = self._currencies_named(
            {event.data.get("currency") for event in incoming}
        )
        missing = {}
        for event, subscription in zip(incoming, subscriptions, strict=True):
            key = (event.account.id, event.data["invoice"])
            if key not in known and key not in missing:
                missing[key] = self._vals_of(event, subscription, currencies)
        self._park_foreign({number for _account, number in missing}, company)
        known.update(zip(missing, self.create(list(missing.values())), strict=True))
        return [known[event.account.id, event.data["invoice"]] for event in incoming]

    def _known(self, incoming, company):
        invoices = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list({event.account.id for event in incoming})),
                ("number", "in", sorted({event.data["invoice"] for event in incoming})),
            ]
        )
        return {
            (invoice.partner_id.id, invoice.number): invoice for invoice in invoices
        }

    def _subscriptions_of(self, incoming, company):
        """The one an event names; else the account's only living one, else its largest."""
        subscriptions = self.env["saas_risk.subscription"]
        named = subscriptions._resolve(
            [
                (event.account, event.source, event.data.get("subscription"))
                for event in incoming
            ],
            company,
        )
        unnamed = {
            event.account.id
            for event, sub in zip(incoming, named, strict=True)
            if not sub
        }
        accounts = self.env["res.partner"].browse(unnamed)
        chosen = subscriptions._choose_for(accounts, company) if accounts else {}
        return [
            sub or chosen.get(event.account, subscriptions)
            for event, sub in zip(incoming, named, strict=True)
        ]

    def _vals_of(self, event, subscription, currencies):
        currency = (
            currencies.get((event.data.get("currency") or "").upper())
            or event.company.currency_id
        )
        return {
            "number": event.data["invoice"],
            "partner_id": event.account.id,
            "company_id": event.company.id,
            "subscription_id": subscription.id,
            "amount": event.data.get("amount") or 0.0,
            "currency_id": currency.id,
        }

    def _park_foreign(self, numbers, company):
        """An event never touches, nor doubles, what belongs to another company."""
        if not numbers:
            return
        foreign = self.sudo().search(
            [("number", "in", sorted(numbers)), ("company_id", "!=", company.id)],
            limit=1,
        )
        if foreign:
            raise ParkMessage(
                "wrong_company",
                self.env._(
                    "Invoice %(number)s belongs to another company than the source of this event.",
                    number=foreign.number,
                ),
            )

    @api.model
    def _currencies_named(self, names):
        """:return: ``{code: currency}``, also of currencies that are not in use here

        :raises ParkMessage: no such currency
        """
        codes = {name.upper() for name in names if name}
        currencies = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "in", sorted(codes))])
        )
        found = {currency.name: currency for currency in currencies}
        if codes - set(found):
            raise ParkMessage(
                "handler",
                self.env._(
                    "Currency '%(name)s' is not known. Send its ISO 4217 code.",
                    name=min(codes - set(found)),
                ),
            )
        return found

    # ------------------------------------------------------------------ folding

    def _restate(self):
        """Fold all facts about these invoices and write what changed.

        :return: ``{invoice: (Standing before, Standing now)}``
        """
        facts = self.env["saas_risk.payment_attempt"]._facts_of(self)
        standings = {
            invoice: invoice_standing(facts.get(invoice.id, ())) for invoice in self
        }
        currencies = self._currencies_named({s.currency for s in standings.values()})
        changes = {}
        for invoice, now in standings.items():
            before = invoice._standing()
            changes[invoice] = (before, now)
            if before != now:
                invoice._write_gated(invoice._vals_of_standing(now, currencies))
        return changes

    def _standing(self):
        self.ensure_one()
        return Standing(
            state=self.state,
            failures=self.failed_count,
            spell=self.spell,
            first_failed_at=self.first_failed_at or None,
            last_failed_at=self.last_failed_at or None,
            paid_at=self.paid_at or None,
            received=Decimal(str(self.received_amount)),
            due=Decimal(str(self.amount)),
            currency=self.currency_id.name,
        )

    @staticmethod
    def _vals_of_standing(standing, currencies):
        due = {"amount": float(standing.due)} if standing.due is not None else {}
        if standing.currency:
            due["currency_id"] = currencies[standing.currency].id
        return {
            **due,
            "received_amount": float(standing.received),
            "state": standing.state,
            "failed_count": standing.failures,
            "spell": standing.spell,
            "first_failed_at": standing.first_failed_at or False,
            "last_failed_at": standing.last_failed_at or False,
            "paid_at": standing.paid_at or False,
        }

    def _failing_elsewhere(self, subscriptions):
        """:return: ``{subscription: its unpaid invoices with failed attempts}``"""
        failing = self.search(
            [
                ("subscription_id", "in", subscriptions.ids),
                ("state", "!=", payments.PAID),
                ("failed_count", ">", 0),
            ]
        )
        return failing.grouped("subscription_id")
