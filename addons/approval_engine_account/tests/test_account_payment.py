from odoo.tests import tagged

from .test_account_move import MoveCase


@tagged("post_install", "-at_install")
class TestPayment(MoveCase):
    allow_inherited_tests_method = False
    GOVERNED = "approval_engine_account.governed_payment"
    KIND = "in_invoice"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].create(
            {"name": "Toy Bank", "code": "TOYB", "type": "bank"}
        )

    def payment(self, amount):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.account.id,
                "journal_id": self.bank.id,
                "amount": amount,
            }
        )
        return payment.with_user(self.ria)

    def test_paying_much_is_held_and_goes_through_once_approved(self):
        payment = self.payment(9000)
        self.assertTrue(payment.approval_needed)
        self.refused(payment.action_post)
        self.refused(lambda: payment.write({"state": "paid"}))
        request = self.approved(payment)
        payment.action_post()
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(request.state, "executed")

    def test_paying_little_is_not(self):
        payment = self.payment(10)
        payment.action_post()
        self.assertNotEqual(payment.state, "draft")
