"""Who is who in other systems: only what is there, of the source's company, and for who links it to see."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestExternalId(HubCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.admin = new_test_user(
            self.env,
            "links_admin",
            groups="event_hub.group_hub_admin",
            company_id=self.company_a.id,
        )
        self.theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.company_b.id}
        )

    def _link(self, record, user=None, **values):
        links = self.env["event_hub.external_id"].with_user(user or self.env.user)
        return links.create(
            {
                "source_id": self.source.id,
                "external_id": "LINK-1",
                "res_id": record.id,
                **values,
            }
        )

    def test_who_may_not_see_a_record_links_nothing_to_it(self):
        with self.assertRaises(UserError):
            self._link(self.theirs, self.admin)

    def test_a_record_of_another_company_is_not_linked_and_its_company_not_named(self):
        with self.assertRaisesRegex(ValidationError, "another company than") as told:
            self._link(self.theirs)
        self.assertNotIn(self.company_b.name, str(told.exception))
        shared = self.env["res.partner"].create({"name": "Shared"})
        link = self._link(shared, self.admin, external_id="LINK-2")
        with self.assertRaises(UserError):
            link.res_id = self.theirs.id

    def test_what_is_not_there_is_not_linked(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        with self.assertRaisesRegex(ValidationError, "there is no record"):
            self._link(gone)
        with self.assertRaisesRegex(ValidationError, "no model no.such"):
            self._link(self.theirs, res_model="no.such")

    def test_a_refusal_to_move_a_source_names_no_company_that_one_may_not_see(self):
        with self.assertRaises(UserError) as told:
            self.source.with_user(self.admin).company_id = self.company_b
            self.env.flush_all()
        self.assertNotIn(self.company_b.name, str(told.exception))
