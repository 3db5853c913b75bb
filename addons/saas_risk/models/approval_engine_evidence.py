from odoo import fields, models

from odoo.addons.approval_engine.policies import request_state

from ..const import EVIDENCE_LIMIT, STATUS_SHAPES
from ..policies.brief import days_words

ACCOUNT_SECTIONS = frozenset(
    {
        "account",
        "subscription",
        "invoice",
        "open_money",
        "tickets",
        "concessions",
        "health",
        "brief",
    }
)
ACCOUNT_READERS = ("saas_risk.group_risk_user", "saas_risk.group_risk_service")


class ApprovalEngineRequest(models.Model):
    """The evidence packet of a request about an account.

    Read in superuser mode when the request is submitted: what an approver must know does
    not depend on who asked. Every item names the record it comes from.
    """

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _evidence_sections(self):
        sections = super()._evidence_sections()
        if self._risk_account():
            sections += [
                section
                for section in (
                    self._evidence_account(),
                    self._evidence_subscription(),
                    self._evidence_invoice(),
                    self._evidence_open_money(),
                    self._evidence_tickets(),
                    self._evidence_concessions(),
                    self._evidence_health(),
                )
                if section
            ]
        return sections

    def _may_read_section(self, key):
        """A draft shows its author nothing of an account they could not look up."""
        user = self.env.user
        if self.env.su or any(user.has_group(group) for group in ACCOUNT_READERS):
            return True
        if key in ACCOUNT_SECTIONS and self.sudo().state == request_state.DRAFT:
            return False
        return super()._may_read_section(key)

    # ------------------------------------------------------------------ sections

    def _evidence_account(self):
        account = self._risk_account()
        tier = dict(account._account_tiers())
        return self._section(
            "account",
            self.env._("Account"),
            [
                self._evidence_item(
                    self.env._("Account"), account.display_name, account
                ),
                self._evidence_item(
                    self.env._("Tier"),
                    tier.get(account.account_tier, self.env._("None")),
                    account,
                ),
                self._evidence_item(
                    "MRR", account.risk_currency_id.format(account.mrr), account
                ),
                self._evidence_item(
                    self.env._("Owner"),
                    account.account_owner_id.name or self.env._("Nobody"),
                    account,
                ),
            ],
        )

    def _evidence_subscription(self):
        sub = self._risk_subscription()
        if not sub:
            return None
        state = dict(sub._fields["state"]._description_selection(self.env))[sub.state]
        return self._section(
            "subscription",
            self.env._("Subscription"),
            [
                self._evidence_item(self.env._("Subscription"), sub.name, sub),
                self._evidence_item(self.env._("State"), state, sub),
                self._evidence_item(
                    self.env._("Plan"),
                    self.env._(
                        "%(plan)s, %(seats)s seats",
                        plan=sub.plan_id.name,
                        seats=sub.seats,
                    ),
                    sub,
                ),
                self._evidence_item("MRR", sub.currency_id.format(sub.mrr), sub),
                self._evidence_item(
                    self.env._("Renewal"), self._renewal_words(sub), sub
                ),
            ],
        )

    def _renewal_words(self, sub):
        if not sub.renewal_date:
            return self.env._("Not known")
        left = (sub.renewal_date - fields.Date.today()).days
        return f"{fields.Date.to_string(sub.renewal_date)} ({days_words(left)})"

    def _evidence_invoice(self):
        invoice = self.sudo().billing_invoice_id
        if not invoice:
            return None
        items = [
            self._evidence_item(self.env._("Invoice"), invoice.number, invoice),
            self._evidence_item(
                self.env._("Amount"),
                invoice.currency_id.format(invoice.amount),
                invoice,
            ),
            self._evidence_item(
                self.env._("Failed attempts"), invoice.failed_count, invoice
            ),
        ]
        items += [
            self._evidence_item(
                self._moment(attempt.occurred_at), self._attempt_words(attempt), attempt
            )
            for attempt in invoice.attempt_ids.sorted("occurred_at")[-EVIDENCE_LIMIT:]
        ]
        return self._section("invoice", self.env._("Payment history"), items)

    def _attempt_words(self, attempt):
        outcome = dict(attempt._fields["outcome"]._description_selection(self.env))[
            attempt.outcome
        ]
        if not attempt.decline_code:
            return outcome
        reason = dict(
            attempt._fields["decline_class"]._description_selection(self.env)
        )[attempt.decline_class]
        return f"{outcome}: {reason.lower()} ({attempt.decline_code})"

    def _evidence_open_money(self):
        unpaid, entries = self._risk_unpaid(), self._risk_open_entries()
        items = [
            self._evidence_item(
                invoice.number,
                self.env._(
                    "%(amount)s, %(count)s failed attempts",
                    amount=invoice.currency_id.format(invoice.amount),
                    count=invoice.failed_count,
                ),
                invoice,
            )
            for invoice in unpaid
        ] + [
            self._evidence_item(
                entry.name,
                self.env._(
                    "%(amount)s open, due %(due)s",
                    amount=entry.currency_id.format(entry.amount_residual),
                    due=entry.invoice_date_due,
                ),
                entry,
            )
            for entry in entries
        ]
        return self._section(
            "open_money",
            self.env._("Open invoices"),
            items
            or [
                self._evidence_item(
                    self.env._("Open invoices"),
                    self.env._("None"),
                    self._risk_account(),
                )
            ],
        )

    def _evidence_tickets(self):
        tickets = self._risk_tickets()
        items = [
            self._evidence_item(
                self.env._("Open tickets"), len(tickets), self._risk_account()
            )
        ]
        items += [
            self._evidence_item(ticket.display_name, ticket.name, ticket)
            for ticket in tickets[:EVIDENCE_LIMIT]
        ]
        return self._section("tickets", self.env._("Open tickets"), items)

    def _evidence_concessions(self):
        granted = self._risk_concessions()
        kinds = dict(granted._fields["kind"]._description_selection(self.env))
        items = [
            self._evidence_item(
                self.env._("Earlier concessions"), len(granted), self._risk_account()
            )
        ]
        items += [
            self._evidence_item(
                fields.Date.to_string(one.granted_on),
                f"{kinds[one.kind]}: {one.name}",
                one,
            )
            for one in granted[:EVIDENCE_LIMIT]
        ]
        return self._section("concessions", self.env._("Earlier concessions"), items)

    def _evidence_health(self):
        row = self._risk_assessment()
        if not row:
            return None
        status = row.status.replace("_", " ")
        standing = f"{STATUS_SHAPES[row.status]} {status}, {row.score:.2f} / 100"
        items = [self._evidence_item(self.env._("Health"), standing, row)]
        items += [
            self._evidence_item(self.env._("Reason"), reason, row)
            for reason in (row.reasons or "").splitlines()
        ]
        return self._section("health", self.env._("Health"), items)

    # ------------------------------------------------------------------ shape

    @staticmethod
    def _section(key, label, items):
        return {"key": key, "label": label, "items": items}

    @staticmethod
    def _moment(moment):
        return f"{moment.isoformat(timespec='seconds')}Z"
