from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import RiskCase


@tagged("post_install", "-at_install")
class TestErasure(RiskCase):
    """What people wrote about the contracts of an account tells of nobody once that person is erased."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = new_test_user(
            cls.env,
            "t_eraser",
            groups="event_hub.group_hub_admin,base.group_system",
            company_id=cls.company.id,
        )
        cls.zoe = cls.env["res.partner"].create(
            {
                "name": "Zoë Quist",
                "email": "zoe@quist.example",
                "parent_id": cls.strategic.id,
            }
        )

    def _write_of_her(self, account, company):
        """:return: one of each record with a free text, all of which name her"""
        word = "As Zoë Quist <zoe@quist.example> asked, 20 %"
        plan = self.plan.copy({"name": account.name, "company_id": company.id})
        subscription = self._subscription(
            account, seats=3, company_id=company.id, plan_id=plan.id
        )
        subscription._write_gated({"cancel_reason": word})
        invoice = (
            self.env["saas_risk.billing_invoice"]
            .sudo()
            .create(
                {
                    "number": "INV-7",
                    "partner_id": account.id,
                    "company_id": company.id,
                    "amount": 10,
                    "currency_id": company.currency_id.id,
                }
            )
        )
        invoice._write_gated({"dispute_reason": word})
        concession = self.env["saas_risk.concession"].create(
            {
                "name": word,
                "kind": "credit",
                "partner_id": account.id,
                "company_id": company.id,
                "reason": word,
                "amount": 25,
            }
        )
        return subscription, invoice, concession

    @staticmethod
    def _texts(subscription, invoice, concession):
        return [
            subscription.cancel_reason,
            invoice.dispute_reason,
            concession.name,
            concession.reason,
        ]

    def _erase(self):
        self.env.flush_all()
        counts = self.zoe.with_user(self.eraser).hub_erase("file 117")
        self.env.invalidate_all()
        return counts

    def test_the_person_goes_and_amounts_stay(self):
        written = self._write_of_her(self.strategic, self.company)
        subscription, invoice, concession = written
        worth = subscription.mrr
        self.assertEqual(self._erase()["contracts"], 3)
        for text in self._texts(*written):
            self.assertNotIn("Quist", text)
            self.assertNotIn("zoe@", text)
            self.assertIn("20 %", text)
        self.assertEqual(
            (subscription.mrr, invoice.number, invoice.amount, concession.amount),
            (worth, "INV-7", 10, 25),
        )

    def test_a_company_that_the_eraser_does_not_work_in_keeps_its_own(self):
        elsewhere = self._account(
            "Elsewhere", "T-009", "growth", company_id=self.other_company.id
        )
        written = self._write_of_her(elsewhere, self.other_company)
        before = self._texts(*written)
        self.assertFalse(self._erase().get("contracts"))
        self.assertEqual(self._texts(*written), before)

    def test_each_place_keeps_to_its_own_rows(self):
        """An id of one table says nothing about the row of another table that has the same."""
        elsewhere = self._account(
            "Elsewhere", "T-009", "growth", company_id=self.other_company.id
        )
        ours = self._write_of_her(self.strategic, self.company)
        theirs = self._write_of_her(elsewhere, self.other_company)
        same = max(record.id for record in (*ours, *theirs)) + 1000
        for record in (ours[1], theirs[2]):
            self._give_id(record, same)
        concession = theirs[2].browse(same)
        before = concession.reason
        self._erase()
        self.assertNotIn("Quist", ours[1].browse(same).dispute_reason)
        self.assertEqual(concession.reason, before)

    def _give_id(self, record, id_):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET id = %s WHERE id = %s",
                SQL.identifier(record._table),
                id_,
                record.id,
            )
        )
        self.env.invalidate_all()
