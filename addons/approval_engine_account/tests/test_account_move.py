from odoo import Command
from odoo.tests import tagged

from odoo.addons.approval_engine.tests.common_document import DocumentOfAnotherApp


class MoveCase(DocumentOfAnotherApp):
    allow_inherited_tests_method = True  # those of Checks
    GROUP = "account.group_account_invoice"
    KIND = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].with_company(cls.env.company)
        kind = "expense" if cls.KIND == "in_invoice" else "income"
        cls.ledger = accounts.create(
            {"name": "Toy", "code": "TOY998", "account_type": kind}
        )
        for field, type_ in (
            ("property_account_receivable_id", "asset_receivable"),
            ("property_account_payable_id", "liability_payable"),
        ):
            cls.account[field] = accounts.create(
                {
                    "name": type_,
                    "code": f"TOY{field[17:20].upper()}",
                    "account_type": type_,
                    "reconcile": True,
                }
            )
        cls.env["account.journal"].create(
            {
                "name": "Toy",
                "code": "TOYJ",
                "type": "purchase" if cls.KIND == "in_invoice" else "sale",
                "default_account_id": cls.ledger.id,
            }
        )

    @classmethod
    def move(cls, price):
        line = {
            "name": "Hosting",
            "quantity": 1,
            "price_unit": price,
            "account_id": cls.ledger.id,
            "tax_ids": False,
        }
        move = cls.env["account.move"].create(
            {
                "move_type": cls.KIND,
                "partner_id": cls.account.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [Command.create(line)],
            }
        )
        return move.with_user(cls.ria)


class Checks:
    def test_posting_is_held_whichever_way(self):
        move = self.move(9000)
        self.assertTrue(self.born_off)
        self.assertTrue(move.approval_needed)
        self.refused(move.action_post)
        self.refused(move.sudo()._post)
        self.refused(lambda: move.write({"state": "posted"}))
        found = self.env["account.move"].load(
            [".id", "state"], [[str(move.id), "posted"]]
        )
        self.assertFalse(found["ids"])
        self.env.invalidate_all()
        self.assertEqual(move.state, "draft")

    def test_small_ones_need_none(self):
        move = self.move(10)
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_approved_it_is_posted_once(self):
        move = self.move(9000)
        request = self.approved(move)
        self.assertEqual(request.amount, 9000)
        move.action_post()
        self.assertEqual((move.state, request.state), ("posted", "executed"))
        move.button_draft()
        self.refused(move.action_post)

    def test_changed_lines_are_held_again(self):
        move = self.move(9000)
        self.approved(move)
        move.invoice_line_ids.price_unit = 9500
        self.refused(move.action_post)


@tagged("post_install", "-at_install")
class TestVendorBill(Checks, MoveCase):
    GOVERNED = "approval_engine_account.governed_vendor_bill"
    KIND = "in_invoice"

    def test_a_receipt_is_no_way_around(self):
        move = self.move(9000)
        move.move_type = "in_receipt"
        self.refused(move.action_post)


@tagged("post_install", "-at_install")
class TestCreditNote(Checks, MoveCase):
    GOVERNED = "approval_engine_account.governed_credit_note"
    KIND = "out_refund"
