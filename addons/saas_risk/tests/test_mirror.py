from datetime import timedelta

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOW, RiskCase


@tagged("post_install", "-at_install")
class TestMirror(RiskCase):
    """What billing and the product report, mirrored and never run backwards."""

    def created(self, ref="S-1", account=None, at=None, **data):
        payload = {"subscription": ref, "plan": "Test Business", "seats": 10, **data}
        return self.hear("subscription.created", account or self.growth, payload, at=at)

    def sub(self, ref="S-1"):
        return self.env["saas_risk.subscription"].search([("external_ref", "=", ref)])

    def test_a_created_subscription_is_mirrored_and_active(self):
        self.created()
        sub = self.sub()
        self.assertEqual(
            (sub.account_id, sub.plan_id, sub.seats, sub.state),
            (self.growth, self.plan, 10, "active"),
        )
        self.assertEqual(sub.mrr, 1000.0)
        self.assertEqual(self.growth.mrr, 3000.0)

    def test_the_mrr_of_billing_counts_where_it_is_told(self):
        self.created(mrr=880.0)
        self.assertEqual((self.sub().mrr, self.sub().mrr_source), (880.0, "billing"))

    def test_an_unknown_plan_sets_the_message_aside_with_words(self):
        messages = self.created(plan="Nobody's plan")
        with self.assertParked(messages, "handler"):
            pass
        self.assertIn("There is no plan named 'Nobody's plan'", messages.error)
        self.env["saas_risk.plan"].create({"name": "Nobody's plan", "price": 1.0})
        messages.sudo().action_replay()
        self.assertEqual(messages.state, "processed")
        self.assertTrue(self.sub())

    def test_a_change_is_taken_over_and_an_older_one_is_not(self):
        self.created(at=NOW)
        self.hear(
            "subscription.changed",
            self.growth,
            {"subscription": "S-1", "seats": 40},
            at=NOW + timedelta(days=2),
        )
        self.hear(
            "subscription.changed",
            self.growth,
            {"subscription": "S-1", "seats": 25},
            at=NOW + timedelta(days=1),
        )
        self.assertEqual(self.sub().seats, 40)

    def test_a_cancelled_subscription_stays_cancelled(self):
        self.created(at=NOW)
        self.hear(
            "subscription.cancelled",
            self.growth,
            {"subscription": "S-1", "reason": "Budget"},
            at=NOW,
        )
        self.assertEqual(
            (self.sub().state, self.sub().cancel_reason), ("cancelled", "Budget")
        )
        self.hear(
            "subscription.changed",
            self.growth,
            {"subscription": "S-1", "seats": 3},
            at=NOW + timedelta(days=1),
        )
        self.assertEqual(self.sub().state, "cancelled")

    def test_cancelling_what_we_do_not_know_is_set_aside(self):
        messages = self.hear(
            "subscription.cancelled", self.growth, {"subscription": "S-404"}
        )
        with self.assertParked(messages, "handler"):
            pass
        self.assertIn("S-404 is not known", messages.error)

    def test_a_wish_to_downgrade_is_recorded_and_changes_nothing(self):
        self.created()
        self.hear(
            "subscription.downgrade_requested",
            self.growth,
            {"subscription": "S-1", "seats": 2},
        )
        self.assertEqual(self.sub().seats, 10)
        self.assertEqual(
            len(self.events("subscription.downgrade_requested", self.sub())), 1
        )

    def test_a_subscription_is_found_by_external_id_name_or_reference(self):
        second = self._subscription(self.growth, seats=1)
        self.env["event_hub.external_id"].create(
            {
                "source_id": self.billing.id,
                "external_id": "stripe_42",
                "res_model": second._name,
                "res_id": second.id,
            }
        )
        for number, ref in (("INV-A", "stripe_42"), ("INV-B", second.name)):
            self.payment_fails(self.growth, number, 1, subscription=ref)
            self.assertEqual(self.invoice(number).subscription_id, second)

    def test_two_accounts_naming_one_new_reference_are_not_merged(self):
        data = {"subscription": "S-1", "plan": "Test Business", "seats": 10}
        messages = self.hear_all(
            [
                ("subscription.created", account, data, NOW, {})
                for account in (self.growth, self.standard)
            ]
        )
        self.assertEqual(messages.mapped("state"), ["processed", "parked"])
        self.assertIn("S-1 belongs to", messages[1].error)
        self.assertEqual(self.sub().account_id, self.growth)

    def test_an_external_id_of_a_deleted_subscription_sets_the_message_aside(self):
        draft = self._subscription(self.growth, activate=False)
        external = self.env["event_hub.external_id"].create(
            {
                "source_id": self.billing.id,
                "external_id": "stripe_42",
                "res_model": draft._name,
                "res_id": draft.id,
            }
        )
        draft.unlink()
        self.assertTrue(external.exists())
        messages = self.hear(
            "subscription.changed",
            self.growth,
            {"subscription": "stripe_42", "seats": 3},
        )
        with self.assertParked(messages, "handler"):
            pass
        self.assertIn("stripe_42 was deleted", messages.error)

    def test_without_a_reference_the_largest_subscription_is_meant(self):
        largest = self._subscription(self.growth, seats=500)
        self.payment_fails(self.growth, "INV-A", 1)
        self.assertEqual(self.invoice("INV-A").subscription_id, largest)

    def test_an_unknown_reference_falls_back_to_the_accounts_own(self):
        self.payment_fails(self.growth, "INV-A", 1, subscription="sub_from_nowhere")
        self.assertEqual(self.invoice("INV-A").subscription_id, self.sub_growth)

    def test_an_account_without_subscription_is_not_forgotten(self):
        lonely = self._account("Lonely", "T-404", "strategic")
        self.payments_fail(lonely, "INV-L", 3)
        self.assertEqual(lonely.health_status, "critical")
        self.assertIn("no subscription", lonely.activity_ids.summary)
        self.assertEqual(lonely.activity_ids.user_id, self.csm)

    def test_a_disputed_invoice_is_disputed_until_paid(self):
        self.payment_fails(self.growth, "INV-D", 1)
        later = NOW + timedelta(days=1)
        self.hear(
            "billing.invoice_disputed",
            self.growth,
            {"invoice": "INV-D", "reason": "Wrong"},
            at=later,
        )
        invoice = self.invoice("INV-D")
        self.assertEqual((invoice.state, invoice.dispute_reason), ("disputed", "Wrong"))
        self.assertLess(self.growth.health_score, 70.0)
        self.pay(self.growth, "INV-D", at=NOW + timedelta(days=2))
        self.assertEqual(self.invoice("INV-D").state, "paid")

    def test_a_currency_nobody_knows_is_set_aside(self):
        messages = self.payment_fails(self.growth, "INV-X", 1, currency="QQQ")
        with self.assertParked(messages, "handler"):
            pass

    def test_data_that_does_not_fit_is_set_aside(self):
        good = {"invoice": "I", "amount": 1, "currency": "EUR"}
        wrong = (
            {"invoice": None},
            {"invoice": ""},
            {"amount": "1"},
            {"currency": "EURO"},
            {"attempt": "first"},
        )
        for data in ({**good, **part} for part in wrong):
            messages = self.hear("billing.payment_failed", self.growth, data)
            with self.subTest(data), self.assertParked(messages, "schema"):
                pass

    def test_the_latest_report_of_a_day_counts(self):
        for value, hours in ((10, 0), (30, 2), (20, 1)):
            self.hear(
                "usage.reported",
                self.growth,
                {"date": "2026-03-09", "metric": "logins", "value": value},
                at=NOW + timedelta(hours=hours),
            )
        (row,) = self.env["saas_risk.usage_daily"].search(
            [("partner_id", "=", self.growth.id)]
        )
        self.assertEqual(row.value, 30.0)

    def test_a_milestone_is_late_then_reached(self):
        self.hear(
            "onboarding.milestone_late",
            self.growth,
            {"milestone": "SSO", "due": "2026-03-01"},
            at=NOW,
        )
        (row,) = self.env["saas_risk.milestone"].search(
            [("partner_id", "=", self.growth.id)]
        )
        self.assertFalse(row.done_on)
        self.assertLess(self.growth.health_score, 100.0)
        self.hear(
            "onboarding.milestone_reached",
            self.growth,
            {"milestone": "SSO", "due": "2026-03-01", "done_at": "2026-03-12"},
            at=NOW + timedelta(days=2),
        )
        self.assertEqual(str(row.done_on), "2026-03-12")

    def test_payment_facts_are_never_changed(self):
        self.payment_fails(self.growth, "INV-1", 1)
        attempt = self.invoice("INV-1").attempt_ids
        for change in (
            lambda: attempt.sudo().write({"outcome": "succeeded"}),
            attempt.sudo().unlink,
        ):
            with self.assertRaises(UserError):
                change()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE saas_risk_payment_attempt SET outcome = 'succeeded'"
            )

    def test_an_invoice_mirrors_and_is_not_typed_in(self):
        self.payment_fails(self.growth, "INV-1", 1)
        with self.assertRaises(UserError):
            self.invoice("INV-1").sudo().write({"state": "paid"})

    def test_ten_times_the_messages_cost_few_more_queries(self):
        accounts = [self._account(f"Bulk {i}", f"B-{i}", "growth") for i in range(44)]
        for account in accounts:
            self._subscription(account)

        def queries(some):
            messages = self.hear_all(
                [
                    (
                        "billing.payment_failed",
                        account,
                        {
                            "invoice": f"INV-{account.account_code}",
                            "amount": 1.0,
                            "currency": "EUR",
                            "attempt": 1,
                        },
                        NOW,
                        {},
                    )
                    for account in some
                ],
                process=False,
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["event_hub.processor"].sudo()._process(messages)
            self.env.flush_all()
            self.assertEqual(set(messages.mapped("state")), {"processed"})
            return self.env.cr.sql_log_count - start

        queries(accounts[:1])
        few, many = queries(accounts[1:4]), queries(accounts[4:34])
        self.assertLessEqual(
            many, few + 12, f"{few} queries for 3 messages, {many} for 30"
        )
