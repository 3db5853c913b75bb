"""What is kept of each try, when an endpoint is switched off, and sending again."""

import statistics
import time
from datetime import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.event_hub.tools import http_sender

from .common_outbox import OutboxCase

SAVE_COSTS_AT_MOST = 0.010  # seconds, p95


@tagged("post_install", "-at_install")
class TestDeliveryLog(OutboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "event_hub.group_hub_admin"
        cls.admin = new_test_user(cls.env, "outbox_admin", groups=groups)

    def _tried(self, *answers):
        """One delivery that was tried once for each answer."""
        self.receiver.answers = list(answers)
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        for _ in answers:
            delivery.write({"next_try_at": fields.Datetime.now()})
            self.deliver()
        return delivery

    # ----------------------------------------------------------------- each try

    def test_each_try_is_kept_with_what_was_sent_and_what_came_back(self):
        delivery = self._tried(
            (503, {"X-Why": "busy", "Set-Cookie": "s=1", "body": b"try later"}),
            (200, {}),
        )
        second, first = delivery.attempt_ids
        self.assertEqual((first.number, first.status, first.ok), (1, 503, False))
        self.assertEqual((second.number, second.status, second.ok), (2, 200, True))
        self.assertEqual(first.response_body, "try later")
        self.assertEqual(first.response_headers["x-why"], "busy")
        self.assertNotIn("set-cookie", first.response_headers)
        self.assertEqual(first.request_headers["webhook-id"], delivery.webhook_id)
        self.assertIn("traceparent", first.request_headers)
        self.assertNotIn("webhook-signature", first.request_headers)
        self.assertIn("busy", first.response_headers_text)
        self.assertGreaterEqual(first.duration_ms, 0)
        _path, _headers, body = self.receiver.requests[0]
        self.assertIn('"type": "test.happened"', delivery.request_body)
        self.assertIn(b'"traceparent"', body)

    def test_an_answer_is_kept_as_text_and_only_its_beginning(self):
        evil = b"<script>alert(1)</script>\x00" + b"x" * 100_000
        attempt = self._tried((500, {"body": evil})).attempt_ids
        self.assertEqual(len(attempt.response_body), http_sender.KEPT_BODY)
        self.assertTrue(attempt.response_body.startswith("<script>"))
        self.assertNotIn("\x00", attempt.response_body)

    def test_no_answer_is_kept_with_its_reason(self):
        with patch.object(
            http_sender, "send", lambda post: http_sender.Reply(error="timed out")
        ):
            attempt = self._tried((200, {})).attempt_ids
        self.assertEqual((attempt.status, attempt.problem), (0, "no_answer"))
        self.assertIn("timed out", attempt.error)

    def test_tries_are_neither_made_nor_changed_by_hand(self):
        attempt = self._tried((200, {})).attempt_ids.with_user(self.admin)
        with self.assertRaises(AccessError):
            attempt.unlink()
        with self.assertRaises(UserError):
            attempt.write({"ok": False})
        with self.assertRaises(UserError):
            attempt.create({"delivery_id": 1})

    def test_a_reader_sees_that_it_was_tried_but_not_what_was_said(self):
        reader = new_test_user(
            self.env, "outbox_reader", groups="event_hub.group_hub_user"
        )
        attempt = self._tried((500, {})).attempt_ids.with_user(reader)
        self.assertEqual(attempt.status, 500)
        for name in ("response_body", "request_headers", "response_headers_text"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                attempt.read([name])

    def test_old_tries_are_forgotten_the_delivery_stays(self):
        delivery = self._tried((200, {}))
        self.env.cr.execute(
            "UPDATE event_hub_delivery_attempt SET tried_at = tried_at - interval '91 days'"
        )
        self.env["event_hub.delivery.attempt"]._gc_attempts()
        delivery.invalidate_recordset()
        self.assertFalse(delivery.attempt_ids)
        self.assertEqual(delivery.state, "delivered")

    # ------------------------------------------------------------ failing for days

    def _fail_on(self, endpoint, *days, ok=False, problem="http"):
        self.env.cr.execute_values(
            "INSERT INTO event_hub_delivery_attempt (delivery_id, endpoint_id, number,"
            " tried_at, ok, problem) VALUES %s",
            [
                (1, endpoint.id, 1, datetime(2026, 3, day, 9), ok, problem)
                for day in days
            ],
        )

    def _fail_now(self, endpoint):
        """One more try fails, on 5 March 2026."""
        self.receiver.answers = [(500, {})]
        with freeze_time("2026-03-05 12:00:00"):
            self.event(self.partners(1))
            self.deliver()
        endpoint.invalidate_recordset()

    def test_five_days_of_nothing_but_failure_disable_it_and_tell_its_owner(self):
        endpoint = self.endpoint()
        self._fail_on(endpoint, 1, 2, 3, 4)
        self._fail_now(endpoint)
        self.assertEqual(endpoint.state, "disabled")
        self.assertIn("5 days", endpoint.disabled_reason)
        self.assertEqual(endpoint.activity_ids.user_id, endpoint.owner_id)
        self.assertEqual(self.deliveries(endpoint).state, "dead")

    def test_four_days_a_day_without_a_try_or_one_success_do_not(self):
        for days, successes, ours in (
            ((2, 3, 4), (), ()),
            ((1, 2, 4), (), ()),
            ((1, 2, 3, 4), (3,), ()),
            ((1, 2, 4), (), (3,)),
        ):
            with self.subTest(days=days, successes=successes, ours=ours):
                endpoint = self.endpoint()
                self._fail_on(endpoint, *days)
                if successes:
                    self._fail_on(endpoint, *successes, ok=True, problem=None)
                if ours:
                    self._fail_on(endpoint, *ours, problem="ours")
                self._fail_now(endpoint)
                self.assertEqual(endpoint.state, "live")
                endpoint.active = False

    # --------------------------------------------------------------- sending again

    def test_what_was_given_up_is_sent_again_after_enabling(self):
        endpoint = self.endpoint()
        for partner in self.partners(3):
            self.event(partner)
        endpoint.action_disable()
        self.assertEqual(set(self.deliveries(endpoint).mapped("state")), {"dead"})
        with self.assertRaises(UserError):
            endpoint.with_user(self.admin).action_retry_dead()
        endpoint.action_enable()
        endpoint.with_user(self.admin).action_retry_dead()
        self.deliver()
        self.assertEqual(set(self.deliveries(endpoint).mapped("state")), {"delivered"})
        with self.assertRaises(UserError):
            endpoint.with_user(self.admin).action_retry_dead()

    def test_a_period_is_sent_again_and_nothing_else(self):
        endpoint = self.endpoint()
        for partner in self.partners(3):
            self.event(partner)
        deliveries = self.deliveries(endpoint)
        for delivery, day in zip(deliveries, (1, 2, 3), strict=True):
            delivery.write({"planned_at": datetime(2026, 3, day)})
        deliveries._give_up("x")
        wizard = (
            self.env["event_hub.retry_period"]
            .with_user(self.admin)
            .create(
                {
                    "endpoint_id": endpoint.id,
                    "date_from": "2026-03-02 00:00:00",
                    "date_to": "2026-03-03 00:00:00",
                }
            )
        )
        self.assertEqual(wizard.count, 1)
        wizard.action_confirm()
        self.assertEqual(deliveries.mapped("state"), ["dead", "pending", "dead"])
        with self.assertRaises(UserError):
            endpoint.action_retry_period(date_from="soon")

    def test_only_administrators_send_again(self):
        reader = new_test_user(
            self.env, "outbox_reader2", groups="event_hub.group_hub_user"
        )
        endpoint = self.endpoint()
        with self.assertRaises(AccessError):
            endpoint.with_user(reader).action_retry_dead()

    # ------------------------------------------------------------- the user's save

    def test_a_save_neither_calls_nor_waits_for_a_receiver(self):
        (partner,) = self.partners(1)

        def p95():
            times = []
            for _ in range(40):
                began = time.perf_counter()
                self.event(partner)
                self.env.flush_all()
                times.append(time.perf_counter() - began)
            return statistics.quantiles(times, n=20)[-1]

        def hang(post):
            raise AssertionError("the transaction of a save spoke to a receiver")

        with patch.object(http_sender, "send", hang):
            without = min(p95() for _ in range(5))
            self.endpoint()
            with_endpoint = min(p95() for _ in range(5))
        self.assertLessEqual(with_endpoint - without, SAVE_COSTS_AT_MOST)
        self.assertFalse(self.receiver.requests)
