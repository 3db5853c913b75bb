from dataclasses import asdict
from decimal import Decimal

from odoo import fields, models

from ..policies import brief
from .ai_assist_task import ACCOUNT_BRIEF


class ApprovalEngineRequest(models.Model):
    """The sentences an approver reads first."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _brief(self):
        sentences = super()._brief()
        if self._risk_account():
            sentences = [*sentences, *self._suggested_brief()]
        return sentences

    def _suggested_brief(self):
        """What the AI task says, asked with the requester's rights; the plain facts if it has no answer."""
        task = (
            self.env["ai_assist.task"]
            .sudo()
            .search([("code", "=", ACCOUNT_BRIEF)], limit=1)
        )
        asked_by = self.with_user(self.requester_id)
        if (
            task
            and asked_by.has_access("read")
            and asked_by.sudo(False)._may_read_section("brief")
        ):
            asking = task.with_user(self.requester_id).with_company(self.company_id)
            suggestion = (
                self.env["ai_assist.suggestion"]
                .sudo()
                .browse(asking.suggest(ACCOUNT_BRIEF, self._name, self.ids))
            )
            if suggestion.output:
                return suggestion.output["sentences"]
        return [asdict(sentence) for sentence in self._account_brief()]

    def _account_brief(self):
        """:return: list of ``brief.Sentence``; empty without an account, or one the user may not read about"""
        self.ensure_one()
        if not self._may_read_section("brief") or not self._risk_account():
            return []
        return brief.account_brief(self._account_facts(), fields.Date.today())

    def _account_facts(self):
        account, tickets, invoice = (
            self._risk_account(),
            self._risk_tickets(),
            self.sudo().billing_invoice_id,
        )
        return brief.AccountFacts(
            ref=_ref(account),
            name=account.display_name,
            tier=account.account_tier or "standard",
            mrr=_decimal(account.mrr),
            currency=account.risk_currency_id.name,
            owner=account.account_owner_id.name or None,
            subscription=self._subscription_facts(),
            invoice=_invoice_facts(invoice) if invoice else None,
            health=self._health_facts(),
            open_tickets=len(tickets),
            oldest_ticket=_ref(tickets[0]) if tickets else None,
            other_unpaid=tuple(
                _invoice_facts(other) for other in self._risk_unpaid() - invoice
            ),
            concessions=tuple(
                brief.ConcessionFacts(_ref(one), one.kind, one.granted_on)
                for one in self._risk_concessions()
            ),
        )

    def _subscription_facts(self):
        sub = self._risk_subscription()
        return (
            brief.SubscriptionFacts(
                _ref(sub), sub.name, sub.state, sub.renewal_date or None
            )
            if sub
            else None
        )

    def _health_facts(self):
        row = self._risk_assessment()
        if not row:
            return None
        return brief.HealthFacts(
            _ref(row),
            _decimal(row.score),
            row.status,
            tuple((row.reasons or "").splitlines()),
        )


def _invoice_facts(invoice):
    return brief.InvoiceFacts(
        ref=_ref(invoice),
        number=invoice.number,
        amount=_decimal(invoice.amount),
        currency=invoice.currency_id.name,
        failures=invoice.failed_count,
        last_failed_on=invoice.last_failed_at.date()
        if invoice.last_failed_at
        else None,
        paid=invoice.state == "paid",
    )


def _ref(record):
    return brief.Ref(record._name, record.id)


def _decimal(amount):
    return Decimal(str(round(amount, 6)))
