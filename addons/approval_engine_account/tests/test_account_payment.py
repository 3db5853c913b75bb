from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .test_account_move import MoveCase

MIGRATIONS = Path(__file__).parents[1] / "migrations"
SCRIPTS = ("19.0.1.1.0/post-domain.py", "19.0.1.2.0/post-day.py")


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

    def payment(self, amount, **values):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.account.id,
                "journal_id": self.bank.id,
                "amount": amount,
                **values,
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
        scripts = [
            load_script(str(MIGRATIONS / script), "approval_glue_migration")
            for script in SCRIPTS
        ]
        now = self.governed.domain
        before = [(script.BEFORE, now) for script in scripts]
        for start, after in (*before, ("[('id', '>', 0)]",) * 2):
            self.governed.domain = start
            for script in scripts:
                script.migrate(self.env.cr, "19.0.1.0.0")
            self.assertEqual(self.governed.domain, after)

    def test_paying_little_is_not(self):
        payment = self.payment(10)
        payment.action_post()
        self.assertNotEqual(payment.state, "draft")

    # ------------------------------------------------------------------ what it is worth

    def _cheap_money(self):
        money = self.env["res.currency"].create(
            {"name": "TOY", "symbol": "T", "rounding": 1}
        )
        self.env["res.currency.rate"].create(
            {"currency_id": money.id, "name": "2020-01-01", "rate": 150}
        )
        return money

    def test_money_of_low_value_counts_by_what_it_is_worth_here(self):
        money = self._cheap_money()
        small = self.payment(9000, currency_id=money.id)
        self.assertEqual(small.approval_day_total, 60)
        self.assertFalse(small.approval_needed)
        small.action_post()
        large = self.payment(900_000, currency_id=money.id)
        self.assertEqual(large.approval_day_total, 6060)
        self.refused(large.action_post)

    # ------------------------------------------------------------------ in parts

    def test_parts_of_a_day_meet_the_step_of_their_sum(self):
        parts = [self.payment(4000) for _part in range(3)]
        for part in parts:
            self.assertEqual(part.approval_day_total, 12000)
            self.assertTrue(part.approval_needed)
            self.refused(part.action_post)
        request = self.approved(parts[0])
        self.assertEqual(request.amount, 12000)
        parts[0].action_post()
        self.refused(parts[1].action_post)

    def test_a_second_part_is_held_when_the_first_is_paid(self):
        self.payment(4000).action_post()
        self.refused(self.payment(4000).action_post)

    def test_parts_in_other_money_add_up_in_that_of_the_request(self):
        money = self._cheap_money()
        self.payment(4000)
        request = self.approved(self.payment(300_000, currency_id=money.id))
        self.assertEqual((request.amount, request.currency_id), (900_000, money))

    def test_only_what_goes_out_to_the_same_partner_that_day_counts(self):
        contact = self.env["res.partner"].create(
            {"name": "Till", "parent_id": self.account.id}
        )
        other = self.env["res.partner"].create({"name": "Another"})
        payment = self.payment(4000)
        self.payment(4000, partner_id=other.id)
        self.payment(4000, date="2026-01-15")
        self.payment(4000, payment_type="inbound")
        self.payment(4000).sudo().action_cancel()
        self.assertEqual(payment.approval_day_total, 4000)
        self.assertFalse(payment.approval_needed)
        self.payment(4000, partner_id=contact.id)
        payment.invalidate_recordset(["approval_day_total"])
        self.assertEqual(payment.approval_day_total, 8000)

    def test_a_payment_without_partner_stands_alone(self):
        first, second = (self.payment(4000, partner_id=False) for _one in range(2))
        self.assertEqual((first | second).mapped("approval_day_total"), [4000, 4000])

    def test_registering_one_payment_for_each_bill_is_held_like_their_sum(self):
        bills = self.move(4000) | self.move(4000) | self.move(4000)
        bills.sudo().action_post()
        count = self.env["account.payment"].search_count([])
        register = (
            self.env["account.payment.register"]
            .with_user(self.ria)
            .with_context(active_model="account.move", active_ids=bills.ids)
            .create({"journal_id": self.bank.id, "group_payment": False})
        )
        self.refused(register._create_payments)
        self.assertEqual(self.env["account.payment"].search_count([]), count)
