from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestMergeAndDeletion(HubCommon, TransactionCase):
    """Accounts are merged, people and companies go: what happened stays, what comes is still understood."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.env["res.partner"].create(
            {
                "name": "Borealis again",
                "is_company": True,
                "account_code": "T-002",
                "account_tier": "standard",
            }
        )

    def _merge(self, into, *others):
        ids = into.ids + [other.id for other in others]
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(ids, into)
        self.env.invalidate_all()

    def _link(self, partner, external_id):
        return self.env["event_hub.external_id"].create(
            {
                "source_id": self.source.id,
                "external_id": external_id,
                "res_id": partner.id,
            }
        )

    def _understood(self, subject):
        message = self._heard_and_processed(self._event(subject=subject))
        self.assertEqual(message.state, "processed", message.error)
        return self._events(message)

    # ------------------------------------------------------------------- accounts

    def test_other_systems_find_a_merged_account_by_its_external_ids(self):
        self._link(self.twin, "cus_2")
        self._merge(self.account, self.twin)
        self.assertEqual(self._understood("cus_2").account_id, self.account)

    def test_other_systems_find_a_merged_account_by_its_old_code(self):
        self._merge(self.account, self.twin)
        self.assertEqual(self.account.account_code, "T-001")
        for code in ("T-001", "T-002"):
            self.assertEqual(self._understood(code).account_id, self.account)

    def test_an_account_without_code_takes_the_one_of_the_merged(self):
        plain = self.env["res.partner"].create({"name": "Plain", "is_company": True})
        self._merge(plain, self.twin)
        self.assertEqual(plain.account_code, "T-002")
        self.assertEqual(self._understood("T-002").account_id, plain)

    def test_the_higher_tier_stays(self):
        self._merge(self.twin, self.account)
        self.assertEqual(self.twin.account_tier, "strategic")

    def test_history_is_not_rewritten_and_its_story_stays_whole(self):
        before = self._understood("T-002")
        row = self._row(before)
        third = self.twin.copy({"account_code": "T-003"})
        first = self._understood("T-003")
        self._merge(self.twin, third)
        self._merge(self.account, self.twin)
        self.assertEqual(self._row(before), row)
        told = self.env["event_hub.event"].timeline("res.partner", self.account.id)
        lines = {line["id"] for line in told["events"]}
        self.assertLessEqual({before.id, first.id}, lines)
        self.assertEqual(
            [e["activity"] for e in told["events"]].count("Accounts merged"), 2
        )
        found = self.env["event_hub.event"].search(
            self.account.action_open_hub_events()["domain"]
        )
        self.assertLessEqual(before | first, found)

    def _row(self, event):
        self.env.cr.execute(
            "SELECT row_to_json(e)::text FROM event_hub_event e WHERE id = %s",
            [event.id],
        )
        return self.env.cr.fetchone()

    def test_the_ledger_tells_of_a_merge_and_who_did_it(self):
        self._merge(self.account, self.twin)
        event = self.env["event_hub.event"].search(
            [("type", "=", "hub.account_merged")]
        )
        self.assertEqual(
            (event.case_id, event.account_id, event.actor_id),
            (self.account.id, self.account, self.env.user),
        )
        self.assertEqual(event.object_ids.mapped("res_id"), [self.twin.id])

    # --------------------------------------------------------------------- people

    def test_a_user_who_acted_can_be_deleted_and_the_ledger_still_names_who_it_was(
        self,
    ):
        user = new_test_user(self.env, "gone", groups="event_hub.group_hub_admin")
        with_user = self.env["event_hub.event"].with_user(user)
        with with_user.sudo()._maintenance("a test"):
            pass
        event = self.env["event_hub.event"].search(
            [("type", "=", "hub.maintenance")], limit=1, order="id desc"
        )
        self.assertEqual(event.actor_id, user)
        user.unlink()
        self.env.invalidate_all()
        self.assertEqual(event.actor, "gone")
        read = event.web_read(
            {"actor_id": {"fields": {"display_name": {}}}, "actor": {}}
        )
        self.assertFalse(read[0]["actor_id"])

    def test_a_service_user_is_not_deleted_under_its_source(self):
        with self.assertRaisesRegex(UserError, "Test_Billing"):
            self.service.unlink()

    # ------------------------------------------------------------------ companies

    def test_the_refusal_names_no_source_that_its_reader_cannot_see(self):
        keeper = new_test_user(
            self.env,
            "keeper",
            groups="base.group_erp_manager,base.group_partner_manager,event_hub.group_hub_admin",
            company_id=self.company_a.id,
        )
        self.service.company_ids |= self.company_b
        self._source("test_b", self.company_b, self.service)
        with self.assertRaises(UserError) as refused:
            self.service.with_user(keeper).unlink()
        self.assertIn("Test_Billing", str(refused.exception))
        self.assertIn("1 that you cannot see", str(refused.exception))
        self.assertNotIn("Test_B.", str(refused.exception))

    def test_a_company_can_be_deleted_and_its_ledger_stays(self):
        company = self.env["res.company"].create({"name": "Gone Ltd"})
        events = self.env["event_hub.event"].with_company(company)
        with events.sudo()._maintenance("a test"):
            pass
        event = self.env["event_hub.event"].search([("company_id", "=", company.id)])
        self.assertTrue(event)
        company.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(event.exists())
        read = event.web_read({"company_id": {"fields": {"display_name": {}}}})
        self.assertFalse(read[0]["company_id"])

    def test_messages_for_an_archived_company_wait_for_a_person(self):
        service = self._service_user("service_b", self.company_a | self.company_b)
        source = self._source("test_b", self.company_b, service)
        self.company_b.active = False
        message = self._heard_and_processed(self._event(subject=None), source=source)
        self.assertEqual(
            (message.state, message.error_code), ("parked", "wrong_company")
        )
        self.assertIn(
            "Company B, the company of source Test_B, is archived", message.error
        )
        self.company_b.active = True
        message.action_replay()
        self.assertNotEqual(message.error_code, "wrong_company")
