from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import NOW, RiskCase


@tagged("post_install", "-at_install")
class TestCompanies(RiskCase):
    """Nothing of one company is touched, shown or doubled by another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls._account(
            "Elsewhere",
            "T-900",
            "strategic",
            company_id=cls.other_company.id,
            account_owner_id=False,
        )
        plan = cls.env["saas_risk.plan"].create(
            {"name": "Elsewhere plan", "price": 1.0, "company_id": False}
        )
        cls.sub_foreign = cls._subscription(
            cls.foreign, plan_id=plan.id, external_ref="EXT-9"
        )

    def test_a_subscription_belongs_to_the_company_of_its_customer(self):
        self.assertEqual(self.sub_foreign.company_id, self.other_company)

    def test_an_invoice_of_another_company_is_set_aside(self):
        self.payment_fails(self.foreign, "INV-B", 1, source=self.other_billing)
        messages = self.payment_fails(self.strategic, "INV-B", 1)
        with self.assertParked(messages, "wrong_company"):
            pass
        self.assertIn("INV-B belongs to another company", messages.error)
        self.assertEqual(self.invoice("INV-B").failed_count, 1)
        self.assertEqual(self.sub_strategic.state, "active")

    def test_a_subscription_of_another_company_is_set_aside(self):
        name = self.sub_foreign.name
        for ref, other in ((name, "EXT-9"), ("EXT-9", name)):
            messages = self.payment_fails(
                self.strategic, f"INV-{ref}", 1, subscription=ref
            )
            with self.subTest(ref), self.assertParked(messages, "wrong_company"):
                pass
            self.assertIn(f"Subscription {ref} belongs", messages.error)
            self.assertNotIn(other, messages.error)

    def test_an_account_of_another_company_is_set_aside(self):
        messages = self.payment_fails(self.foreign, "INV-C", 1)
        with self.assertParked(messages, "wrong_company"):
            pass

    def test_a_subscription_of_another_account_is_set_aside_with_words(self):
        messages = self.payment_fails(
            self.strategic, "INV-1", 1, subscription=self.sub_growth.name
        )
        with self.assertParked(messages, "handler"):
            pass
        self.assertIn(
            "belongs to Cobalt, but the event is about Borealis", messages.error
        )
        self.assertEqual(self.sub_growth.state, "active")

    def test_one_bad_message_does_not_hold_up_its_neighbours(self):
        self.payment_fails(self.foreign, "INV-B", 1, source=self.other_billing)
        data = {"amount": 1.0, "currency": "EUR"}
        good, bad, also_good = self.hear_all(
            [
                (
                    "billing.payment_failed",
                    self.strategic,
                    {**data, "invoice": "INV-1"},
                    NOW,
                    {},
                ),
                (
                    "billing.payment_failed",
                    self.strategic,
                    {**data, "invoice": "INV-B"},
                    NOW,
                    {},
                ),
                (
                    "billing.payment_failed",
                    self.growth,
                    {**data, "invoice": "INV-2"},
                    NOW,
                    {},
                ),
            ]
        )
        self.assertEqual(
            (good.state, bad.state, also_good.state),
            ("processed", "parked", "processed"),
        )

    def test_two_accounts_may_have_the_same_invoice_number(self):
        self.payment_fails(self.strategic, "INV-1", 1)
        self.payment_fails(self.growth, "INV-1", 1)
        self.assertEqual(self.invoice("INV-1").mapped("failed_count"), [1, 1])

    def test_people_see_nothing_of_another_company(self):
        self.payments_fail(self.foreign, "INV-B", 3, source=self.other_billing)
        self.react()
        for user in (self.reader, self.finance, self.manager):
            for model, record in (
                ("saas_risk.subscription", self.sub_foreign),
                ("saas_risk.billing_invoice", self.invoice("INV-B")),
                ("saas_risk.payment_attempt", self.invoice("INV-B").attempt_ids),
                (
                    "saas_risk.assessment",
                    self.env["saas_risk.assessment"].search(
                        [("company_id", "=", self.other_company.id)]
                    ),
                ),
            ):
                self.assertTrue(record)
                found = (
                    self.env[model].with_user(user).search([("id", "in", record.ids)])
                )
                self.assertFalse(found, f"{user.login} finds {model}")
                with self.assertRaises(AccessError):
                    record.with_user(user).with_context(
                        allowed_company_ids=[self.company.id, self.other_company.id]
                    ).read(["display_name"])

    def test_health_is_counted_per_company(self):
        self.payments_fail(self.foreign, "INV-B", 3, source=self.other_billing)
        self.assertEqual(
            self.foreign.with_company(self.other_company).health_status, "critical"
        )
        self.assertFalse(self.foreign.with_company(self.company).health_status)

    def test_a_plan_of_another_company_cannot_be_used(self):
        plan = self.env["saas_risk.plan"].create(
            {"name": "Theirs", "price": 1.0, "company_id": self.other_company.id}
        )
        with self.assertRaises(Exception):  # noqa: B017  the check of companies raises its own kind
            self._subscription(self.standard, plan_id=plan.id)
