from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.event_hub.exceptions import ConflictError

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestReplay(HubCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "hub_admin",
            groups="event_hub.group_hub_admin",
            company_id=cls.company_a.id,
        )

    def test_a_message_is_processed_once_the_cause_is_gone(self):
        message = self._heard_and_processed(self._event(subject="LATER"))
        self.assertEqual(message.error_code, "unknown_account")
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})
        self.assertIs(message.with_user(self.admin).action_replay(), True)
        self.assertEqual(
            (message.state, message.error_code, message.error),
            ("processed", False, False),
        )
        self.assertEqual(len(self._events(message)), 1)

    def test_a_type_defined_later_lets_its_messages_through(self):
        message = self._heard_and_processed(self._event("test.later"))
        self.env["event_hub.event_type"].create({"code": "test.later", "name": "Later"})
        message.action_replay()
        self.assertEqual(message.state, "processed")

    def test_a_cause_that_is_still_there_parks_again(self):
        message = self._heard_and_processed(self._event("nobody.knows"))
        message.action_replay()
        self.assertEqual(
            (message.state, message.error_code), ("parked", "unknown_type")
        )

    def test_a_trial_tells_what_would_happen_and_keeps_nothing(self):
        good = self._heard_and_processed(self._payment(subject="LATER"))
        bad = self._heard_and_processed(self._event("nobody.knows"))
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})
        told = (good | bad).with_user(self.admin).action_replay(dry_run=True)
        self.assertEqual(
            [
                (m["id"], m["state"], m["error_code"], m["events"])
                for m in told["messages"]
            ],
            [
                (good.id, "processed", False, ["test.payment_failed"]),
                (bad.id, "parked", "unknown_type", []),
            ],
        )
        self.assertEqual((good | bad).mapped("state"), ["parked", "parked"])
        self.assertFalse(self._events(good))
        self.assertFalse(self.env["test_event_hub.attempt"].search([]))

    def test_what_is_settled_cannot_be_replayed(self):
        message = self._heard_and_processed(self._event())
        with self.assertRaisesRegex(UserError, "processed"):
            message.action_replay()

    def test_only_hub_administrators_replay(self):
        message = self._heard_and_processed(self._event("nobody.knows"))
        reader = new_test_user(
            self.env, "hub_reader2", groups="event_hub.group_hub_user"
        )
        for user in (reader, self.service):
            with self.assertRaises(AccessError):
                message.with_user(user).action_replay()

    def test_an_administrator_replays_no_other_companys_messages(self):
        message = self._heard_and_processed(self._event("nobody.knows"))
        stranger = new_test_user(
            self.env,
            "hub_admin_b",
            groups="event_hub.group_hub_admin",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        with self.assertRaises(AccessError):
            message.with_user(stranger).action_replay()

    def test_replayed_handlers_run_as_the_service_user_not_as_the_administrator(self):
        message = self._heard_and_processed(self._payment(subject="LATER"))
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})
        message.with_user(self.admin).action_replay()
        self.assertEqual(
            self.env["test_event_hub.invoice"].search([]).create_uid, self.service
        )

    def test_the_question_to_the_owner_closes_with_the_last_message(self):
        messages = self._heard_and_processed(
            self._event(subject="LATER"), self._event(subject="LATER")
        )
        self.assertTrue(self.source.activity_ids)
        self.env["res.partner"].create({"name": "Later", "account_code": "LATER"})
        messages[0].action_replay()
        self.assertTrue(self.source.activity_ids)
        messages[1].action_replay()
        self.assertFalse(self.source.activity_ids)

    def test_a_state_that_cannot_be_reached_is_a_conflict(self):
        message = self._heard_and_processed(self._event())
        with self.assertRaises(ConflictError):
            message._set_state("received")
