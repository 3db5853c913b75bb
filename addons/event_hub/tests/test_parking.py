"""What nobody can understand yet is set aside until a person acts."""

from odoo.exceptions import AccessError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from .common import HubCommon


@tagged("post_install", "-at_install")
class TestParking(HubCommon, TransactionCase):
    def _attempts(self):
        return self.env["test_event_hub.attempt"].search([])

    def _assert_parked(self, event, code, words, source=None):
        message = self._heard_and_processed(event, source=source)
        self.assertEqual(
            (message.state, message.error_code), ("parked", code), message.error
        )
        self.assertIn(words, message.error)
        self.assertFalse(self._events(message))
        return message

    def test_an_unknown_type_is_parked(self):
        self._assert_parked(self._event("nobody.knows"), "unknown_type", "nobody.knows")

    def test_a_breach_of_the_schema_is_parked_with_its_place(self):
        self._assert_parked(
            self._event("test.payment_failed", data={"invoice": "I", "amount": "ten"}),
            "schema",
            "$.data.amount",
        )
        self._assert_parked(
            self._event("test.payment_failed"),
            "schema",
            "'amount' is a required property",
        )
        self._assert_parked(
            self._event(data=[1]), "schema", "$.data: must be an object"
        )

    def test_an_unknown_account_is_parked(self):
        self._assert_parked(self._event(subject="NOBODY"), "unknown_account", "NOBODY")
        self._assert_parked(
            self._event(subject=None), "unknown_account", "subject is missing"
        )

    def test_an_account_of_another_company_is_parked(self):
        self.env["res.partner"].create(
            {"name": "B only", "account_code": "T-B", "company_id": self.company_b.id}
        )
        message = self._assert_parked(
            self._event(subject="T-B"), "wrong_company", "T-B"
        )
        self.assertNotIn("B only", message.error)

    def test_a_record_of_another_company_is_parked(self):
        invoice = self.env["test_event_hub.invoice"].create(
            {
                "name": "INV-B",
                "account_id": self.account.id,
                "company_id": self.company_b.id,
            }
        )
        self._assert_parked(self._payment("INV-B"), "wrong_company", "another company")
        self.assertFalse(invoice.attempt_ids)

    def test_the_companys_own_account_wins_over_a_shared_one_of_the_same_code(self):
        self.account.company_id = False
        own = self.env["res.partner"].create(
            {"name": "Own", "account_code": "T-001", "company_id": self.company_a.id}
        )
        self.assertEqual(
            self._events(self._heard_and_processed(self._event())).account_id, own
        )

    def test_an_external_id_wins_over_an_account_code(self):
        other = self.env["res.partner"].create({"name": "Delta", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": other.id})
        self.env["event_hub.external_id"].create(
            {"source_id": self.source.id, "external_id": "T-001", "res_id": contact.id}
        )
        self.assertEqual(
            self._events(self._heard_and_processed(self._event())).account_id, other
        )

    def test_an_external_id_of_a_deleted_partner_is_unknown(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        self.env["event_hub.external_id"].create(
            {"source_id": self.source.id, "external_id": "X-9", "res_id": gone.id}
        )
        gone.unlink()
        self._assert_parked(self._event(subject="X-9"), "unknown_account", "X-9")

    def test_a_handler_can_park_its_message(self):
        message = self._assert_parked(
            self._payment(park=True), "handler", "needs a person"
        )
        self.assertFalse(self._attempts())
        self.assertEqual(message.attempts, 1)

    def test_a_parked_message_does_not_hold_up_others(self):
        messages = self._heard_and_processed(
            self._payment("A"), self._payment("B", park=True), self._payment("C")
        )
        self.assertEqual(messages.mapped("state"), ["processed", "parked", "processed"])
        self.assertEqual(len(self._attempts()), 2)

    def test_the_owner_is_asked_once(self):
        self._heard_and_processed(
            self._event("nobody.knows"), self._event("nobody.knows")
        )
        self._heard_and_processed(self._event("nobody.knows"))
        self.assertEqual(len(self.source.activity_ids), 1)
        self.assertEqual(
            self.source.activity_ids.user_id, self.env.ref("base.user_admin")
        )

    def test_from_a_message_of_an_unknown_type_a_new_type_is_filled_in(self):
        message = self._assert_parked(
            self._event("nobody.knows_this", data={"n": 1}), "unknown_type", "nobody"
        )
        action = message.action_open_type()
        self.assertEqual(action["res_model"], "event_hub.event_type")
        with Form(
            self.env["event_hub.event_type"].with_context(**action["context"])
        ) as form:
            form.version = "1.0"
        made = form.record
        self.assertEqual(
            (made.code, made.name, made.sample),
            ("nobody.knows_this", "Nobody knows this", {"n": 1}),
        )
        self.assertEqual(message.action_open_type()["res_id"], made.id)
        reader = new_test_user(
            self.env, "parking_reader", groups="event_hub.group_hub_user"
        )
        with self.assertRaises(AccessError):
            message.with_user(reader).action_open_type()
