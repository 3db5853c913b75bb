import json

from psycopg2 import errors

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HubCommon

SECRETS = ("Zoë Quist", "zoe@quist.example", "zoe.quist", "+49 731 5550")


@tagged("post_install", "-at_install")
class TestErasure(HubCommon, TransactionCase):
    """A person goes out of everything the hub remembers; what is counted stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "eraser", groups="event_hub.group_hub_admin,base.group_system"
        )
        cls.zoe = cls.env["res.partner"].create(
            {"name": "Z", "parent_id": cls.account.id}
        )
        cls.user = new_test_user(
            cls.env, "zoe.quist", groups="base.group_user", partner_id=cls.zoe.id
        )
        cls.zoe.write(
            {
                "name": "Zoë Quist",
                "email": "zoe@quist.example",
                "phone": "+49 731 5550",
            }
        )

    def _told_of_zoe(self):
        """:return: messages about another account that name her, one of them waiting"""
        return self._heard_and_processed(
            self._payment("INV-1", 12.5, note="Paid by Zoë Quist <zoe@quist.example>"),
            self._event(
                "nobody.knows", data={"who": "ZOË QUIST", "tel": "+49 731 5550"}
            ),
            self._payment("INV-2", 7, note="Paid by Annual Ltd"),
        )

    def _erase(self, partners=None, **options):
        partners = self.zoe if partners is None else partners
        return partners.with_user(self.admin).hub_erase("file 117", **options)

    def _everything(self):
        """:return: all text the hub has in its tables, as the database tells it"""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'event\\_hub\\_%'"
        )
        text = ""
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(
                f"SELECT coalesce(string_agg(row_to_json(t)::text, chr(10)), '') FROM \"{table}\" t"
            )
            text += self.env.cr.fetchone()[0]
        return text.lower()

    def test_no_trace_is_left_and_others_keep_theirs(self):
        messages = self._told_of_zoe()
        event = self._events(messages[0])
        self.env["event_hub.event"].with_user(self.user).sudo()._note_maintenance(
            "x", "by her"
        )
        before = self._everything()
        for secret in SECRETS:
            self.assertIn(secret.lower(), before, secret)
        counts = self._erase()
        self.assertGreaterEqual(counts["events"], 2)
        self.assertEqual(counts["messages"], 2)
        self.env.invalidate_all()
        after = self._everything()
        for secret in SECRETS:
            self.assertNotIn(secret.lower(), after, secret)
        self.assertIn("annual ltd", after)
        self.assertEqual(event.attributes["invoice"], "INV-1")
        self.assertEqual(event.attributes["amount"], 12.5)

    def test_identity_and_digest_stay_so_a_repetition_is_still_known(self):
        event = self._payment("INV-1", note="Zoë Quist")
        message = self._hear(event, message_id="m-zoe")
        self._process()
        digest = message.body_sha256
        self._erase()
        self.env.invalidate_all()
        self.assertEqual(message.body_sha256, digest)
        self.assertNotIn("Quist", message.body)
        self.assertEqual(self._hear(event, message_id="m-zoe"), message)
        again = self._heard_and_processed(event)
        self.assertFalse(self._events(again), "the ledger knows it")

    def test_figures_are_the_same_as_before(self):
        self._told_of_zoe()
        self.env["event_hub.event"]._flush_emitted()

        def figures():
            self.env.flush_all()
            self.env.cr.execute(
                """
                SELECT type, count(*), sum((attributes->>'amount')::numeric), min(occurred_at), count(account_id)
                  FROM event_hub_event WHERE type != 'hub.maintenance' GROUP BY 1 ORDER BY 1
                """
            )
            return self.env.cr.fetchall()

        before = figures()
        self._erase()
        self._erase(self.account)
        self.assertEqual(figures(), before)

    def test_an_account_is_erased_with_its_contacts_and_free_texts(self):
        message = self._heard_and_processed(
            self._payment("INV-1", description="They cannot pay", plan="gold")
        )
        link = self.env["event_hub.external_id"].create(
            {
                "source_id": self.source.id,
                "external_id": "cus_1",
                "res_id": self.account.id,
            }
        )
        self._erase(self.account)
        self.env.invalidate_all()
        attributes = self._events(message).attributes
        self.assertEqual(
            (attributes["description"], attributes["plan"]), ("[erased]", "gold")
        )
        self.assertFalse(link.exists())
        self.assertNotIn("zoë quist", self._everything())

    def test_what_was_merged_into_an_account_is_erased_with_it(self):
        twin = self.account.copy({"account_code": "T-9", "name": "Old Name AG"})
        message = self._heard_and_processed(
            self._payment("INV-1", subject="T-9", comment="angry")
        )
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (twin | self.account).ids, self.account
        )
        self._erase(self.account)
        self.env.invalidate_all()
        self.assertEqual(self._events(message).attributes["comment"], "[erased]")

    def test_the_ledger_notes_it_without_a_name(self):
        self._told_of_zoe()
        self._erase()
        note = self.env["event_hub.event"].search(
            [("type", "=", "hub.maintenance")], limit=1, order="id desc"
        )
        self.assertIn("file 117", note.attributes["reason"])
        self.assertIn(f"#{self.zoe.id}", note.attributes["reason"])
        self.assertEqual(note.actor_id, self.admin)

    def test_a_message_set_aside_keeps_all_that_names_nobody(self):
        parked = self._told_of_zoe()[1]
        body = json.loads(parked.body)
        self._erase()
        self.env.invalidate_all()
        body["data"] = {"who": "[erased]", "tel": "[erased]"}
        self.assertEqual((parked.state, json.loads(parked.body)), ("parked", body))
        parked.action_replay()
        self.assertEqual((parked.state, parked.error_code), ("parked", "unknown_type"))

    def _neighbours(self):
        """:return: messages about others in which "Billing" and "Li" are plain words: processed, parked, waiting"""
        words = {"note": "Billing failed, Li says", "billing": "li", "Li": "Billing"}
        processed = self._heard_and_processed(self._payment("INV-8", **words))
        parked = self._heard_and_processed(self._event("nobody.knows", data=words))
        return processed + parked + self._hear(self._payment("INV-9", **words))

    def test_contacts_named_like_plain_words_leave_the_neighbours_alone(self):
        neighbours = self._neighbours()
        event = self._events(neighbours)
        names = ("body", "headers", "state", "error")
        before = [neighbours.read(names), event.read(["activity", "attributes"])]
        contacts = self.env["res.partner"].create(
            [
                {"name": "Billing", "type": "invoice"},
                {"name": "Li", "email": "li@li.example", "phone": "110"},
            ]
        )
        for contact in contacts:
            counts = self._erase(contact)
            self.assertFalse(any(counts.values()), counts)
        self.env.invalidate_all()
        self.assertEqual(
            [neighbours.read(names), event.read(["activity", "attributes"])], before
        )
        self._process()
        self.assertEqual(
            neighbours.mapped("state"), ["processed", "parked", "processed"]
        )

    def test_a_single_name_goes_from_the_rows_of_the_account_and_beside_an_address(
        self,
    ):
        li = self.env["res.partner"].create(
            {"name": "Li", "email": "li@li.example", "account_code": "T-LI"}
        )
        own, beside, other = self._heard_and_processed(
            self._payment("INV-1", subject="T-LI", city="Li lives here", Li=1),
            self._payment("INV-2", city="Li <li@li.example>"),
            self._payment("INV-3", city="Li"),
        )
        self._erase(li)
        self.env.invalidate_all()
        for message, city in (
            (own, "[erased] lives here"),
            (beside, "[erased] <[erased]>"),
            (other, "Li"),
        ):
            self.assertEqual(self._events(message).attributes["city"], city)
            self.assertEqual(json.loads(message.body)["data"]["city"], city)
        self.assertEqual(self._events(own).attributes["Li"], 1)

    def test_while_a_message_about_them_waits_nothing_is_erased(self):
        by_name = self._payment("INV-1", note="zoe@quist.example")
        cases = (by_name, self.zoe), (self._payment("INV-2"), self.account)
        for event, partner in cases:
            waiting = self._hear(event, message_id=f"wait-{partner.id}")
            body = waiting.body
            self.assertEqual(self._erase(partner, dry_run=True)["waiting"], 1)
            with self.assertRaisesRegex(UserError, waiting.external_id):
                self._erase(partner)
            self.assertEqual(waiting.body, body)
            self._process()
            self.assertEqual(waiting.state, "processed")
            self._erase(partner)

    def test_companies_the_eraser_does_not_belong_to_stay_as_they_are(self):
        service = self._service_user("service_b", self.company_b)
        source = self._source("billing_b", self.company_b, service)
        self.env["res.partner"].create(
            {"name": "B", "account_code": "T-B", "company_id": self.company_b.id}
        )
        there = self._heard_and_processed(
            self._payment("INV-1", subject="T-B", note="zoe@quist.example"),
            source=source,
        )
        self.assertEqual(there.state, "processed")
        self.assertEqual(self._erase()["messages"], 0)
        self.admin.company_ids += self.company_b
        self.assertEqual(self._erase()["messages"], 1)
        self.env.invalidate_all()
        self.assertNotIn("zoe@quist.example", there.body)

    def test_what_people_noted_about_it_goes_too(self):
        text = "Zoë Quist called"
        parked = self._told_of_zoe()[1]
        self.env["event_hub.exception_mark"]._put(
            "message", parked.ids, {"reason": text}
        )
        here = {"allowed_company_ids": self.company_a.ids}
        replay = self.env["event_hub.replay"].with_context(**here).create({})
        self.env.cr.execute(
            "UPDATE event_hub_replay SET trial = jsonb_build_object('told', %s) WHERE id = %s",
            [text, replay.id],
        )
        self.source.message_post(body=text, subject=text)
        activity = self.source.activity_schedule(
            "mail.mail_activity_data_todo", summary=text, note=text
        )
        post = self.source.message_ids[0]
        self._erase()
        self.env.invalidate_all()
        self.assertNotIn("zoë quist", self._everything())
        for told in (post.body, post.subject, activity.note, activity.summary):
            self.assertIn("[erased] called", told)

    def test_tries_of_deliveries_lose_what_was_sent_and_answered(self):
        event = self._events(self._told_of_zoe()[0])
        endpoint = self.env["event_hub.endpoint"].create(
            {"name": "Outside", "url": "https://example.com/hook"}
        )
        self.env["event_hub.delivery"]._queue([(event, endpoint.id)])
        delivery = self.env["event_hub.delivery"].search([("event_id", "=", event.id)])
        self.env.cr.execute(
            "INSERT INTO event_hub_delivery_attempt (delivery_id, number, tried_at, status, response_body)"
            " VALUES (%s, 1, now(), 400, 'Who is Zo\\u00eb Quist?')",
            [delivery.id],
        )
        self.env.cr.execute(
            "UPDATE event_hub_delivery SET error = 'Zoë Quist: HTTP 400' WHERE id = %s",
            [delivery.id],
        )
        self.assertEqual(self._erase(dry_run=True)["deliveries"], 1)
        self._erase()
        self.env.invalidate_all()
        self.assertEqual(
            (delivery.attempt_ids.status, delivery.attempt_ids.response_body),
            (400, "Who is [erased]?"),
        )
        self.assertEqual(delivery.error, "[erased]: HTTP 400")

    def test_counting_changes_nothing(self):
        self._told_of_zoe()
        before = self._everything()
        counts = self._erase(dry_run=True)
        self.assertEqual(counts["messages"], 2)
        self.assertEqual(self._everything(), before)

    def test_the_form_counts_and_erases(self):
        self._told_of_zoe()
        wizard = Form(
            self.env["event_hub.erase"]
            .with_user(self.admin)
            .with_context(active_model="res.partner", active_ids=self.zoe.ids)
        )
        wizard.reason = "file 117"
        record = wizard.save()
        self.assertEqual(record.display_name, "Erase from the Event Hub")
        self.assertFalse(record.counted)
        record.action_count()
        self.assertEqual((record.counted, record.messages), (True, 2))
        record.action_erase()
        self.assertNotIn("zoë quist", self._everything())

    def test_who_may_not_and_what_is_missing_is_refused(self):
        hub_only = new_test_user(
            self.env, "hub_only", groups="event_hub.group_hub_admin"
        )
        system_only = new_test_user(self.env, "sys_only", groups="base.group_system")
        for user in (hub_only, system_only, self.user):
            with self.assertRaises(AccessError):
                self.zoe.with_user(user).hub_erase("x", dry_run=True)
        with self.assertRaisesRegex(UserError, "reason"):
            self.zoe.with_user(self.admin).hub_erase("  ")
        with self.assertRaises(ValidationError):
            self.zoe.with_user(self.admin).hub_erase(5)

    def test_the_privacy_lookup_of_odoo_leaves_the_ledger_to_this(self):
        self._told_of_zoe()
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Zoë Quist", "email": "zoe@quist.example"}
        )
        wizard.action_lookup()
        models = set(wizard.line_ids.mapped("res_model"))
        self.assertIn("res.partner", models)
        self.assertFalse([model for model in models if model.startswith("event_hub.")])

    def test_no_loose_reference_claims_to_delete_with_its_target(self):
        told = self.env["ir.model.fields"].search(
            [("model", "=", "event_hub.event"), ("name", "=", "account_id")]
        )
        self.assertNotEqual(told.on_delete, "cascade")

    def test_an_error_in_maintenance_is_told_as_it_is_and_the_guard_stands(self):
        events = self.env["event_hub.event"]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(errors.UndefinedTable, "no_such_table"),
            self.env.cr.savepoint(),
            events._maintenance("a test fails"),
        ):
            self.env.cr.execute("SELECT FROM no_such_table")
        self.env.cr.execute("SELECT current_setting('event_hub.maintenance', true)")
        self.assertNotEqual(self.env.cr.fetchone()[0], "on")
