import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestPartner(HubCommon, TransactionCase):
    @mute_logger("odoo.sql_db")
    def test_account_codes_are_unique_per_company(self):
        partners = self.env["res.partner"]
        for company in (self.company_a, self.company_b):
            partners.create(
                {"name": "P", "account_code": "P-1", "company_id": company.id}
            )
        for values in (
            {"account_code": "P-1", "company_id": self.company_a.id},
            {"account_code": "T-001"},
        ):
            with (
                self.assertRaises(psycopg2.errors.UniqueViolation),
                self.env.cr.savepoint(),
            ):
                partners.create({"name": "Q", **values})

    def test_the_code_belongs_on_the_account_not_on_its_contacts(self):
        with self.assertRaisesRegex(ValidationError, "Borealis"):
            self.env["res.partner"].create(
                {"name": "Ann", "parent_id": self.account.id, "account_code": "X"}
            )

    def test_many_partners_have_no_code(self):
        partners = self.env["res.partner"].create(
            [
                {"name": "A"},
                {"name": "B", "account_code": ""},
                {"name": "C", "account_code": " "},
            ]
        )
        self.assertEqual(partners.mapped("account_code"), [False, False, False])

    def test_a_copy_has_no_code(self):
        self.assertFalse(self.account.copy().account_code)
