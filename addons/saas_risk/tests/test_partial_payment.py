from datetime import timedelta

from odoo.tests import tagged

from .common import NOW, RiskCase

AFTER = NOW + timedelta(days=3)


@tagged("post_install", "-at_install")
class TestPartialPayment(RiskCase):
    """Money that is too little, or of another currency, is kept and told, and clears nothing."""

    def test_a_small_payment_leaves_invoice_subscription_and_decision_as_they_are(self):
        self.payments_fail(self.strategic, "INV-1", 3)
        before = self.sub_strategic.state
        self.pay(self.strategic, "INV-1", at=AFTER, amount=200.0)
        invoice = self.invoice("INV-1")
        self.assertEqual(
            (invoice.state, invoice.failed_count, invoice.received_amount),
            ("open", 3, 200.0),
        )
        self.assertFalse(invoice.paid_at)
        self.assertEqual(self.sub_strategic.state, before)
        [told] = self.events("risk.payment_partial", self.sub_strategic)
        self.assertEqual(
            [
                told.attributes[k]
                for k in ("invoice", "paid", "received", "due", "reason")
            ],
            ["INV-1", 200.0, 200.0, 1200.0, "partial"],
        )
        self.assertFalse(self.events("risk.payment_recovered"))
        paid = invoice.attempt_ids.filtered(lambda row: row.outcome == "succeeded")
        self.assertEqual((paid.amount, paid.next_step), (200.0, "Ask for the rest"))

    def test_the_rest_settles_it(self):
        self.payments_fail(self.strategic, "INV-1", 2)
        self.pay(self.strategic, "INV-1", at=AFTER, amount=200.0)
        self.pay(self.strategic, "INV-1", at=AFTER + timedelta(days=1), amount=1000.0)
        invoice = self.invoice("INV-1")
        self.assertEqual(
            (invoice.state, invoice.failed_count, invoice.received_amount),
            ("paid", 0, 0.0),
        )
        self.assertEqual(invoice.paid_at, AFTER + timedelta(days=1))
        self.assertEqual(len(self.events("risk.payment_recovered")), 1)
        self.assertEqual(self.sub_strategic.state, "active")

    def test_another_currency_leaves_it_open_and_says_so(self):
        self.payments_fail(self.strategic, "INV-1", 1)
        self.pay(self.strategic, "INV-1", at=AFTER, currency="usd")
        invoice = self.invoice("INV-1")
        self.assertEqual((invoice.state, invoice.received_amount), ("open", 0.0))
        [told] = self.events("risk.payment_partial", self.sub_strategic)
        self.assertEqual(
            [told.attributes[k] for k in ("reason", "paid_currency", "due_currency")],
            ["other_currency", "USD", "EUR"],
        )
        paid = invoice.attempt_ids.filtered(lambda row: row.outcome == "succeeded")
        self.assertEqual(paid.currency_id.name, "USD")
        self.assertEqual(paid.next_step, "Clear the other currency in billing")

    def test_a_payment_heard_before_what_was_asked_for_counts_as_a_part(self):
        self.pay(self.strategic, "INV-1", at=AFTER, amount=200.0)
        self.assertEqual(self.invoice("INV-1").state, "paid")
        self.payment_fails(self.strategic, "INV-1", attempt=1, at=NOW)
        invoice = self.invoice("INV-1")
        self.assertEqual(
            (invoice.state, invoice.amount, invoice.received_amount),
            ("open", 1200.0, 200.0),
        )

    def test_an_invoice_without_subscription_tells_it_itself(self):
        self.payment_fails(self.prospect(), "INV-7", attempt=1)
        self.pay(self.prospect(), "INV-7", at=AFTER, amount=1.0)
        [told] = self.events("risk.payment_partial", self.invoice("INV-7"))
        self.assertEqual(told.attributes["received"], 1.0)

    def prospect(self):
        found = self.env["res.partner"].search([("account_code", "=", "T-NEW")])
        return found or self._account("New Ltd", "T-NEW", "standard")
