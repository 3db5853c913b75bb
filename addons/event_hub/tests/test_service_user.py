from odoo import Command
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon

PROCESSOR = "odoo.addons.event_hub.models.event_hub_processor"


@tagged("post_install", "-at_install")
class TestServiceUser(HubCommon, TransactionCase):
    """Handlers act as the source's service user, in its company only, whatever they or an admin try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls.env["test_event_hub.invoice"].create(
            {
                "name": "B-1",
                "account_id": cls.account.id,
                "company_id": cls.company_b.id,
            }
        )

    def _told(self, message):
        """:return: what the page of things that wait says of a message"""
        row = self.env["event_hub.exception"].search(
            [("kind", "=", "message"), ("res_id", "=", message.id)]
        )
        return row.category, row.detail

    @mute_logger(PROCESSOR)
    def test_a_handler_reaches_no_record_of_another_company(self):
        for companies in (self.company_a, self.company_a | self.company_b):
            self.service.company_ids = companies
            message = self._heard_and_processed(
                self._payment("INV-1", reach=self.theirs.id)
            )
            self.assertEqual((message.state, message.error_code), ("failed", "handler"))
            self.assertIn("AccessError", message.error)
            self.assertFalse(self.theirs.attempt_ids)
            self.assertFalse(self.env["test_event_hub.attempt"].search([]))

    @mute_logger(PROCESSOR)
    def test_a_handler_cannot_name_itself_another_company(self):
        message = self._heard_and_processed(
            self._payment("INV-1", companies=self.company_b.ids)
        )
        self.assertEqual((message.state, message.error_code), ("failed", "handler"))
        self.assertIn("AccessError", message.error)

    def _stopped(self, words, code):
        """Nothing is done, and a person reads why; once it is mended, a replay does it."""
        message = self._heard_and_processed(self._payment("INV-9"))
        self.assertEqual((message.state, message.error_code), ("parked", code))
        self.assertFalse(self._events(message))
        self.assertRegex(message.error, words)
        self.assertEqual(self._told(message)[1], message.error)
        self.assertTrue(self.source.activity_ids)
        return message

    def _goes_on(self, message):
        message.action_replay()
        self.assertEqual((message.state, message.error), ("processed", False))
        self.assertEqual(self._events(message).actor_id, self.source.user_id)

    def test_an_archived_service_user_does_nothing_more(self):
        self.service.active = False
        message = self._stopped(
            "hub_service.* of source Test_Billing is archived", "handler"
        )
        self.service.active = True
        self._goes_on(message)

    def test_another_service_user_takes_over_what_the_archived_one_left(self):
        self.service.active = False
        message = self._stopped("archived", "handler")
        self.source.user_id = self._service_user("hub_service_2", self.company_a)
        self._goes_on(message)

    def test_a_service_user_moved_to_another_company_does_nothing_more(self):
        self.service.write(
            {
                "company_ids": [Command.set(self.company_b.ids)],
                "company_id": self.company_b.id,
            }
        )
        message = self._stopped(
            f"no access to {self.company_a.name} any more", "wrong_company"
        )
        self.assertEqual(self._told(message)[0], "Another company's")
        self.service.company_ids |= self.company_a
        self._goes_on(message)

    @mute_logger(PROCESSOR)
    def test_a_service_user_that_lost_its_groups_fails_in_words(self):
        self.service.group_ids = self.env.ref("base.group_user")
        message = self._heard_and_processed(self._payment("INV-1"))
        self.assertEqual((message.state, message.error_code), ("failed", "handler"))
        self.assertIn("AccessError", message.error)

    def test_nobody_without_the_hub_changes_whose_rights_a_source_has(self):
        clerk = new_test_user(self.env, "clerk", groups="event_hub.group_hub_user")
        with self.assertRaises(Exception) as caught:
            self.source.with_user(clerk).user_id = clerk
        self.assertEqual(type(caught.exception).__name__, "AccessError")
