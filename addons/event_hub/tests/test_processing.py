from datetime import datetime
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub import const
from odoo.addons.event_hub.tools import trace

from .common import HubCommon

PROCESSOR = "odoo.addons.event_hub.models.event_hub_processor"


@tagged("post_install", "-at_install")
class TestProcessing(HubCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch(f"{PROCESSOR}.random.random", return_value=0.9))

    def _attempts(self):
        return self.env["test_event_hub.attempt"].search([])

    def _due(self, messages):
        """Let the next try come now."""
        self.env.cr.execute(
            "UPDATE event_hub_message SET next_try_at = now() - interval '1 hour' WHERE id IN %s",
            [tuple(messages.ids)],
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------------- effect

    def test_an_event_becomes_a_ledger_row_its_effect_and_what_the_effect_emits(self):
        message = self._heard_and_processed(
            self._payment("INV-1", 12.5, correlationid="c" * 32)
            | {"time": "2026-03-01T10:00:00.123456+01:00", "correlationid": "c" * 32}
        )
        self.assertEqual(
            (message.state, message.attempts, message.error_code),
            ("processed", 0, False),
        )
        event = self._events(message)
        invoice = self.env["test_event_hub.invoice"].search([("name", "=", "INV-1")])
        self.assertRecordValues(
            event,
            [
                {
                    "type": "test.payment_failed",
                    "activity": "Payment fails",
                    "case_type": "test_invoice",
                    "case_model": "test_event_hub.invoice",
                    "case_id": invoice.id,
                    "account_id": self.account.id,
                    "actor": "source:test_billing",
                    "actor_id": self.service.id,
                    "company_id": self.company_a.id,
                    "correlation": "c" * 32,
                    "depth": 0,
                    "causation": False,
                    "ce_source": "/billing",
                }
            ],
        )
        self.assertEqual(event.occurred_at, datetime(2026, 3, 1, 9, 0, 0, 123456))
        self.assertEqual(event.attributes["amount"], 12.5)
        self.assertEqual(self._attempts().mapped("amount"), [12.5])
        emitted = self.env["event_hub.event"].search([("type", "=", "test.attempted")])
        self.assertRecordValues(
            emitted,
            [
                {
                    "correlation": "c" * 32,
                    "causation": event.id,
                    "depth": 1,
                    "actor_id": self.service.id,
                    "case_id": invoice.id,
                    "account_id": self.account.id,
                    "activity": "Attempt noted",
                }
            ],
        )
        self.assertEqual(
            emitted.object_ids.mapped(lambda o: (o.role, o.res_model, o.res_id)),
            [("account", "res.partner", self.account.id)],
        )

    def test_without_subject_model_the_account_is_the_case(self):
        event = self._events(self._heard_and_processed(self._event("test.ping")))
        self.assertRecordValues(
            event,
            [
                {
                    "case_type": "account",
                    "case_model": "res.partner",
                    "case_id": self.account.id,
                    "account_id": self.account.id,
                }
            ],
        )

    def test_a_type_that_needs_no_account_takes_events_without_subject(self):
        message = self._heard_and_processed(self._event("test.broadcast", subject=None))
        self.assertEqual(message.state, "processed")
        self.assertFalse(self._events(message).account_id)

    def test_an_event_without_time_occurred_when_it_was_received(self):
        message = self._heard_and_processed(self._event())
        self.assertEqual(self._events(message).occurred_at, message.received_at)

    def test_late_events_are_kept(self):
        message = self._heard_and_processed(self._event(time="2001-01-01T00:00:00Z"))
        self.assertEqual(self._events(message).occurred_at, datetime(2001, 1, 1))

    def test_nothing_occurs_after_it_was_heard(self):
        message = self._heard_and_processed(self._event(time="2999-01-01T00:00:00Z"))
        self.assertEqual(self._events(message).occurred_at, message.received_at)

    def test_what_this_database_tells_itself_is_not_taken_from_outside(self):
        self.env["event_hub.event_type"].create(
            {"code": "test.decided", "name": "Decided", "inside": True}
        )
        message = self._heard_and_processed(self._event("test.decided"))
        self.assertEqual(
            (message.state, message.error_code), ("parked", "unknown_type")
        )
        self.assertIn("test.decided", message.error)
        self.assertFalse(self._events(message))

    def test_a_number_no_field_can_hold_is_a_schema_problem(self):
        message = self._heard_and_processed(self._payment(amount=1e300))
        self.assertEqual((message.state, message.error_code), ("parked", "schema"))
        self.assertIn("$.data.amount", message.error)

    def test_handlers_run_as_the_service_user_in_its_company(self):
        self._heard_and_processed(self._payment())
        invoice = self.env["test_event_hub.invoice"].search([])
        self.assertEqual(invoice.create_uid, self.service)
        self.assertEqual(invoice.company_id, self.company_a)

    def test_consecutive_events_of_one_type_are_one_handler_call(self):
        self._heard_and_processed(
            self._payment("A"), self._payment("B"), self._payment("A")
        )
        invoices = self.env["test_event_hub.invoice"].search([], order="name")
        self.assertEqual(sum(invoices.mapped("handler_calls")), 1)
        self.assertEqual([len(i.attempt_ids) for i in invoices], [2, 1])
        self._heard_and_processed(self._payment("A"), self._event(), self._payment("A"))
        self.assertEqual(sum(invoices.mapped("handler_calls")), 3)

    def test_in_one_handler_call_each_story_keeps_its_own_correlation(self):
        other = self.env["res.partner"].create(
            {"name": "Cobalt", "is_company": True, "account_code": "T-002"}
        )
        self._heard_and_processed(
            self._payment("A") | {"correlationid": "a" * 32},
            self._payment("B", subject="T-002") | {"correlationid": "b" * 32},
        )
        emitted = self.env["event_hub.event"].search([("type", "=", "test.attempted")])
        self.assertEqual(
            {e.account_id: e.correlation for e in emitted},
            {self.account: "a" * 32, other: "b" * 32},
        )

    def test_the_trace_ends_with_the_handler(self):
        self._heard_and_processed(self._payment())
        self.assertIsNone(trace.current())

    # ------------------------------------------------------------------ identity

    def test_the_same_event_under_a_new_message_id_has_one_effect(self):
        event = self._payment()
        first, second = (
            self._heard_and_processed(event),
            self._heard_and_processed(event),
        )
        self.assertEqual((first | second).mapped("state"), ["processed", "processed"])
        self.assertEqual(len(self._attempts()), 1)
        self.assertFalse(self._events(second))

    def test_the_same_event_twice_in_one_batch_of_the_worker_has_one_effect(self):
        event = self._payment()
        messages = self._heard_and_processed(event, event, event)
        self.assertEqual(set(messages.mapped("state")), {"processed"})
        self.assertEqual(len(self._attempts()), 1)

    def test_the_same_id_of_another_cloudevents_source_is_another_event(self):
        event = self._payment()
        self._heard_and_processed(event, event | {"source": "/elsewhere"})
        self.assertEqual(len(self._attempts()), 2)

    def test_a_batch_message_is_all_its_good_events(self):
        told = self._payment("C") | {"correlationid": "c" * 32}
        message = self._heard_and_processed(
            [self._payment("A"), {"id": "bad"}, self._payment("B"), told]
        )
        self.assertEqual(message.state, "processed")
        # An item is part of the message's story unless it says otherwise.
        own = message.correlation
        self.assertEqual(
            self._events(message).mapped("correlation"), [own, own, "c" * 32]
        )

    # -------------------------------------------------------------------- poison

    @mute_logger(PROCESSOR)
    def test_a_handler_that_raises_after_its_second_write_leaves_no_row(self):
        message = self._heard_and_processed(self._payment("INV-X", explode=True))
        self.assertEqual(
            (message.state, message.error_code, message.attempts),
            ("failed", "handler", 1),
        )
        self.assertIn("broke after its second write", message.error)
        self.assertFalse(self._attempts())
        self.assertFalse(
            self.env["test_event_hub.invoice"].search([("name", "=", "INV-X")])
        )
        self.assertFalse(self._events(message))

    @mute_logger(PROCESSOR)
    def test_one_poison_message_of_many_stands_alone(self):
        events = [self._payment(f"I{n}", explode=n == 37) for n in range(100)]
        messages = self._heard_and_processed(*events)
        states = messages.mapped("state")
        self.assertEqual(states.count("processed"), 99)
        self.assertEqual(messages[37].state, "failed")
        self.assertEqual(len(self._attempts()), 99)

    @mute_logger(PROCESSOR)
    def test_after_five_tries_a_message_is_dead_and_its_owner_is_asked(self):
        message = self._hear(self._payment(explode=True))
        states = []
        for _ in range(6):
            self._due(message)
            self._process()
            states.append((message.state, message.attempts))
        self.assertEqual(
            states,
            [
                ("failed", 1),
                ("failed", 2),
                ("failed", 3),
                ("failed", 4),
                ("dead", 5),
                ("dead", 5),
            ],
        )
        self.assertTrue(self.source.activity_ids)

    @mute_logger(PROCESSOR)
    def test_one_poison_message_of_a_thousand_dies_alone(self):
        events = [self._payment(f"I{n}", explode=n == 637) for n in range(1000)]
        messages = self._hear(*events)
        before = self.env.cr.sql_log_count
        self._process()
        queries = self.env.cr.sql_log_count - before
        # Five batches and the halves of one of them; one by one it would be thousands.
        self.assertLess(queries, 1500)
        poison = messages[637]
        for _ in range(4):
            self.assertEqual(poison.state, "failed")
            self._due(poison)
            self._process()
        self.assertEqual((poison.state, poison.attempts), ("dead", 5))
        self.assertEqual(set((messages - poison).mapped("state")), {"processed"})
        self.assertEqual(len(self._attempts()), 999)
        self.assertEqual(len(self.source.activity_ids), 1)

    @mute_logger(PROCESSOR)
    def test_the_next_try_of_a_message_does_not_wait_for_the_minute(self):
        rung = self._rung()
        message = self._heard_and_processed(self._payment(explode=True))
        self.assertEqual(
            rung, [(const.CRONS_PROCESS[message.lane], message.next_try_at)]
        )

    def _rung(self):
        """:return: list that fills with the jobs to be woken at a moment"""
        rung = []
        waker = self.registry["event_hub.waker"]
        self.patch(waker, "_wake_at", lambda _self, *job: rung.append(job))
        return rung

    @mute_logger(PROCESSOR)
    def test_a_retry_waits_with_jitter(self):
        message = self._heard_and_processed(self._payment(explode=True))
        self.assertGreater(message.next_try_at, datetime.now())
        self.assertFalse(self.env["event_hub.message"]._process_waiting())

    # ---------------------------------------------------------------- set-based

    def _queries(self, count, type="test.payment_failed"):  # noqa: A002
        messages = self._hear(
            *[
                self._payment(f"Q{count}-{n}")
                if type == "test.payment_failed"
                else self._event(type)
                for n in range(count)
            ]
        )
        self.env.invalidate_all()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.env["event_hub.message"]._process_waiting(), count)
        self.env.flush_all()
        self.assertEqual(set(messages.mapped("state")), {"processed"})
        return self.env.cr.sql_log_count - before

    def test_ten_times_the_messages_need_no_more_queries_but_for_insert_pages(self):
        self._queries(3)  # fill the caches
        few, many = self._queries(20), self._queries(200)
        # Odoo inserts 100 rows at a time: each of our two test models needs one more INSERT.
        self.assertLessEqual(
            many, few + 4, f"{few} queries for 20 messages, {many} for 200"
        )
        few, many = self._queries(20, "test.ping"), self._queries(200, "test.ping")
        self.assertLessEqual(
            many, few + 1, f"{few} queries for 20 messages, {many} for 200"
        )
