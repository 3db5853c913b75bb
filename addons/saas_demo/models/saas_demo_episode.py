import secrets
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..policies import messages, signing
from ..policies.messages import Bill

DOOR = "/hub/v1/events/billing"


class SaasDemoEpisode(models.Model):
    """One press of the Start page's button: an invoice of one account that cannot be collected."""

    _name = "saas_demo.episode"
    _description = "Demo episode"
    _order = "id desc"
    _rec_name = "invoice"

    strategic = fields.Boolean(readonly=True)
    subscription_id = fields.Many2one(
        "saas_risk.subscription", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Account", required=True, readonly=True, ondelete="cascade"
    )
    invoice = fields.Char(required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    correlation = fields.Char(required=True, readonly=True, index=True)

    @api.model
    def _play(self, what):
        """What the billing system says now.

        :param str what: "strategic" or "standard": a customer's payment fails three times;
            "payment": the invoice of the current episode is paid
        :return: ``{"messages": [{"title", "url", "headers", "body"}]}``: signed, to be posted within five minutes
        """
        now = fields.Datetime.now()
        if what == "payment":
            episode = self._current()
            if not episode:
                raise UserError(
                    self.env._("No payment has failed yet. Press the first button.")
                )
            said = [(self.env._("Payment"), *messages.payment(episode._bill(), now))]
        elif what in ("strategic", "standard"):
            episode = self.sudo()._begin(strategic=what == "strategic")
            attempts = messages.failed_attempts(episode._bill(), now)
            said = [
                (self.env._("Attempt %(number)s", number=number), *attempt)
                for number, attempt in enumerate(attempts, 1)
            ]
        else:
            raise UserError(
                self.env._("The billing system cannot say “%(what)s”.", what=what)
            )
        return {
            "messages": [self._signed(*words, int(now.timestamp())) for words in said]
        }

    @api.model
    def _signed(self, title, webhook_id, body, timestamp):
        source = (
            self.env["event_hub.source"]
            .sudo()
            .search([("code", "=", "billing")], limit=1)
        )
        headers = signing.signed_headers(
            source.secret_current, webhook_id, timestamp, body
        )
        return {"title": title, "url": DOOR, "headers": headers, "body": body.decode()}

    @api.model
    def _current(self):
        return self.search([], limit=1)

    @api.model
    def _begin(self, strategic):
        """A new invoice of a customer who has no trouble yet."""
        subscription = self._candidate(strategic)
        return self.create(
            {
                "strategic": strategic,
                "subscription_id": subscription.id,
                "partner_id": subscription.partner_id.commercial_partner_id.id,
                "invoice": f"INV-{fields.Date.today():%y%m}-{secrets.token_hex(3).upper()}",
                "amount": subscription.mrr,
                "currency_id": subscription.currency_id.id,
                "correlation": uuid.uuid4().hex,
            }
        )

    @api.model
    def _candidate(self, strategic):
        """The first account of its kind whose subscription is active."""
        subscription = self.env["saas_risk.subscription"].search(
            [
                ("state", "=", "active"),
                ("external_ref", "!=", False),
                (
                    "partner_id.account_tier",
                    "=",
                    "strategic" if strategic else "standard",
                ),
            ],
            order="external_ref",
            limit=1,
        )
        if not subscription:
            raise UserError(
                self.env._(
                    "Every customer of this kind is in trouble already. Let a payment arrive, or decide what waits."
                )
            )
        return subscription

    def _bill(self):
        return Bill(
            account=self.partner_id.account_code,
            invoice=self.invoice,
            amount=self.amount,
            currency=self.currency_id.name,
            subscription=self.subscription_id.external_ref,
            correlation=self.correlation,
        )

    def _money(self):
        return format_amount(self.env, self.amount, self.currency_id)
