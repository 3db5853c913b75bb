from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .test_account_move import MoveCase

MIGRATION = Path(__file__).parents[1] / "migrations/19.0.1.1.0/post-domain.py"


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

    def test_a_small_one_that_is_posted_does_not_become_a_large_one(self):
        payment = self.payment(10)
        payment.action_post()
        self.refused(lambda: payment.write({"amount": 9000}))
        got = self.payment(9000).sudo()
        got.payment_type = "inbound"
        got.action_post()
        self.refused(lambda: got.write({"payment_type": "outbound"}))

    def test_the_condition_of_yesterday_is_renewed_unless_somebody_changed_it(self):
        script = load_script(str(MIGRATION), "approval_glue_migration")
        now = self.governed.domain
        for before, after in ((script.BEFORE, now), ("[('id', '>', 0)]",) * 2):
            self.governed.domain = before
            script.migrate(self.env.cr, "19.0.1.0.0")
            self.assertEqual(self.governed.domain, after)

    def test_paying_little_is_not(self):
        payment = self.payment(10)
        payment.action_post()
        self.assertNotEqual(payment.state, "draft")
