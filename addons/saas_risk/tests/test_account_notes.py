from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestAccountNotes(RiskCase):
    """Customer success looks after accounts; the others of Revenue & Risk only read them."""

    def test_customer_success_writes_notes_and_plans_activities_on_an_account(self):
        account = self.strategic.with_user(self.csm)
        message = account.message_post(body="Spoke to their CFO.")
        self.assertEqual(message.author_id, self.csm.partner_id)
        account.activity_schedule("mail.mail_activity_data_call", user_id=self.csm.id)
        self.assertEqual(self.strategic.activity_ids.user_id, self.csm)

    def test_customer_success_changes_the_fields_of_an_account(self):
        self.strategic.with_user(self.csm).write(
            {"account_owner_id": self.csm.id, "phone": "+32 9 000 00 00"}
        )
        self.assertEqual(self.strategic.account_owner_id, self.csm)

    def test_customer_success_changes_neither_tier_nor_code(self):
        for values in ({"account_tier": "standard"}, {"account_code": "X-1"}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(AccessError, "risk manager"),
            ):
                self.strategic.with_user(self.csm).write(values)
        manager = self.csm.copy({"login": "tier_manager"})
        manager.group_ids += self.env.ref("saas_risk.group_risk_manager")
        self.strategic.with_user(manager).account_tier = "growth"
        self.assertEqual(self.strategic.account_tier, "growth")

    def test_figures_of_an_account_stay_counted(self):
        with self.assertRaisesRegex(AccessError, "counted, not set"):
            self.strategic.with_user(self.csm).write({"health_score": 100})

    def test_customer_success_changes_no_colleague_and_makes_or_deletes_no_account(
        self,
    ):
        # Odoo itself guards the contact of an internal user: else its mail could be taken over.
        colleague = self.finance.partner_id.with_user(self.csm)
        with self.assertRaises(AccessError):
            colleague.write({"email": "taken@example.com"})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.csm).create({"name": "New"})
        with self.assertRaises(AccessError):
            self.strategic.with_user(self.csm).unlink()

    def test_others_of_revenue_and_risk_still_only_read_accounts(self):
        for user in (self.reader, self.finance):
            account = self.strategic.with_user(user)
            self.assertTrue(account.name)
            with self.assertRaises(AccessError):
                account.write({"phone": "1"})
