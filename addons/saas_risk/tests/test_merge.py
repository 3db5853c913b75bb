from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestMerge(RiskCase):
    """Two accounts become one, with what the money and the usage of both tell."""

    def _merge(self, user=None):
        wizards = self.env["base.partner.merge.automatic.wizard"]
        wizards.with_user(user or self.env.user).create({})._merge(
            (self.strategic | self.growth).ids, self.strategic
        )
        self.env.invalidate_all()

    def _usage(self, account, date, value):
        return self.env["saas_risk.usage_daily"].create(
            {
                "partner_id": account.id,
                "date": date,
                "metric": "logins",
                "value": value,
                "company_id": self.company.id,
            }
        )

    def test_days_that_both_reported_keep_the_word_of_the_one_that_stays(self):
        kept = self._usage(self.strategic, "2026-03-01", 5)
        twice = self._usage(self.growth, "2026-03-01", 7)
        other = self._usage(self.growth, "2026-03-02", 9)
        self._merge()
        self.assertFalse(twice.exists())
        self.assertEqual(
            (kept | other).mapped("partner_id"), self.strategic, "no other day is lost"
        )

    def test_subscriptions_of_both_belong_to_the_one_that_stays(self):
        self._merge()
        self.assertEqual(self.sub_growth.partner_id, self.strategic)
        self.assertEqual(self.strategic.account_tier, "strategic")

    def _same_invoice(self, number, company):
        for account in (self.strategic, self.growth):
            self.env["saas_risk.billing_invoice"].sudo().create(
                {
                    "number": number,
                    "partner_id": account.id,
                    "company_id": company.id,
                    "amount": 10,
                    "currency_id": company.currency_id.id,
                }
            )

    def test_the_same_invoice_number_on_both_is_refused_in_words(self):
        self._same_invoice("INV-1", self.company)
        with self.assertRaisesRegex(UserError, "INV-1"):
            self._merge()

    def test_the_refusal_names_no_invoice_of_a_company_that_its_reader_cannot_see(self):
        merger = new_test_user(
            self.env,
            "t_merger",
            groups="base.group_partner_manager,saas_risk.group_risk_user",
            company_id=self.company.id,
        )
        self._same_invoice("INV-2", self.other_company)
        with self.assertRaises(UserError) as refused:
            self._merge(merger)
        self.assertNotIn("INV-2", str(refused.exception))
        self._same_invoice("INV-1", self.company)
        with self.assertRaises(UserError) as refused:
            self._merge(merger)
        self.assertIn("INV-1", str(refused.exception))
        self.assertNotIn("INV-2", str(refused.exception))
