from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policies import payments


class ApprovalEngineRequest(models.Model):
    """What a decision about a subscription rests on."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    billing_invoice_id = fields.Many2one(
        "saas_risk.billing_invoice",
        "Unpaid Invoice",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
    )
    billing_spell = fields.Char(
        copy=False, help="The unpaid spell of the invoice this decision is about."
    )

    @api.model
    def _content_fields(self):
        return (*super()._content_fields(), "billing_invoice_id", "billing_spell")

    @api.constrains("billing_invoice_id", "partner_id", "res_model", "res_id")
    def _check_billing_invoice(self):
        for request in self.sudo().filtered("billing_invoice_id"):
            invoice = request.billing_invoice_id
            request._as_requester(invoice).check_access("read")
            if not request._is_about_invoice(invoice):
                raise ValidationError(
                    self.env._(
                        "Unpaid Invoice (billing_invoice_id): %(invoice)s is not an invoice of the account or "
                        "subscription that %(request)s is about. Choose one of theirs.",
                        invoice=invoice.display_name,
                        request=request.display_name,
                    )
                )

    @api.constrains("partner_id", "res_model", "res_id")
    def _check_account_of_subject(self):
        """Whoever decides about an account must not hit the subscription of another."""
        for request in self.sudo().filtered("partner_id"):
            account = request._risk_subscription().account_id
            if account and account != request.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Account (partner_id): %(account)s is not the account of %(subject)s, which %(request)s is "
                        "about. Choose one of its own subscriptions.",
                        account=request.partner_id.display_name,
                        subject=request._risk_subscription().display_name,
                        request=request.display_name,
                    )
                )

    def _is_about_invoice(self, invoice):
        subscription = self._risk_subscription()
        account = subscription.account_id or self.partner_id.commercial_partner_id
        if invoice.partner_id.commercial_partner_id != account:
            return False
        billed = invoice.subscription_id  # empty: the billing system did not say
        return not subscription or not billed or billed == subscription

    def _named_records(self):
        return [*super()._named_records(), self.billing_invoice_id]

    def _content(self):
        return {
            **super()._content(),
            "billing_invoice": self.billing_invoice_id.id or None,
            "billing_spell": self.billing_spell or None,
            **self._reply_content(),
        }

    def _reply_content(self):
        """What a reply that waits would tell the customer; requests about anything else hash as before."""
        replies = self.env["support_visibility.held_reply"].sudo()
        if self.res_model != replies._name:
            return {}
        reply = replies.browse(self.res_id).exists()
        return {"reply": reply._fingerprint() if reply else None}

    def _risk_subscription(self):
        """:return: the subscription this request is about, in superuser mode; may be empty"""
        self.ensure_one()
        subscriptions = self.env["saas_risk.subscription"].sudo()
        if self.res_model == subscriptions._name and self.res_id:
            return subscriptions.browse(self.res_id).exists()
        return subscriptions

    def _risk_account(self):
        """:return: the account, in superuser mode, seen from the request's company; empty if the
        request is about no account of ours (a vendor, say)"""
        self.ensure_one()
        subscription = self._risk_subscription()
        account = (
            subscription.account_id or self.sudo().partner_id.commercial_partner_id
        )
        if (
            not subscription
            and not account.account_code
            and not account.saas_subscription_ids
        ):
            account = account.browse()
        return account.with_company(self._risk_company())

    def _risk_company(self):
        return self.sudo().company_id or self.env.company

    def _risk_unpaid(self):
        """:return: the billing system's unpaid invoices of the account"""
        return (
            self.env["saas_risk.billing_invoice"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self._risk_account().id),
                    ("company_id", "=", self._risk_company().id),
                    ("state", "!=", payments.PAID),
                ],
                order="last_failed_at desc, id",
            )
        )

    def _risk_open_entries(self):
        """:return: posted customer invoices in accounting that are not fully paid"""
        return (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", self._risk_account().id),
                    ("company_id", "=", self._risk_company().id),
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("payment_state", "in", ("not_paid", "partial")),
                ],
                order="invoice_date_due, id",
            )
        )

    def _risk_tickets(self):
        tickets = self.env["support_visibility.ticket"].sudo()
        return tickets.search(
            [
                *tickets._open_domain(),
                ("account_id", "=", self._risk_account().id),
                ("company_id", "in", [False, self._risk_company().id]),
            ],
            order="id",
        )

    def _risk_concessions(self):
        """:return: what was granted before, not by this request"""
        return (
            self.env["saas_risk.concession"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self._risk_account().id),
                    ("company_id", "=", self._risk_company().id),
                    ("request_id", "!=", self.id),
                ]
            )
        )

    def _risk_assessment(self):
        account = self._risk_account()
        last = (
            self.env["saas_risk.assessment"]
            .sudo()
            ._last_of(account, self._risk_company())
        )
        return last.get(account.id, self.env["saas_risk.assessment"])
