"""The outbox against a real receiver on loopback."""

import json
import socket
import tempfile
import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.event_hub.models import event_hub_delivery_sending as delivery_sending
from odoo.addons.event_hub.policies import delivery as policy
from odoo.addons.event_hub.tools import http_sender

from .common_outbox import OutboxCase, Receiver, allowed, self_signed, verifies


@tagged("post_install", "-at_install")
class TestSending(OutboxCase):
    def test_an_event_reaches_the_receiver_signed_and_as_a_cloudevent(self):
        account = self.env["res.partner"].create(
            {"name": "Borealis", "account_code": "ACC-901"}
        )
        endpoint = self.endpoint()
        event = self.event(account, account_id=account.id, attributes={"amount": 12.5})
        delivery = self.deliveries(endpoint)
        self.assertEqual(
            (delivery.state, delivery.correlation), ("pending", event.correlation)
        )
        self.deliver()
        self.assertEqual(
            (delivery.state, delivery.attempts, delivery.response_status),
            ("delivered", 1, 200),
        )
        self.assertTrue(delivery.delivered_at)
        path, headers, body = self.receiver.requests[0]
        self.assertEqual(path, "/hook")
        self.assertTrue(verifies(self.secret, headers, body))
        self.assertFalse(verifies(self.secret, headers, body + b" "))
        self.assertEqual(headers["webhook-id"], delivery.webhook_id)
        self.assertEqual(headers["traceparent"].split("-")[1], event.correlation)
        told = json.loads(body)
        self.assertEqual(
            {
                key: told[key]
                for key in ("specversion", "type", "subject", "correlationid", "id")
            },
            {
                "specversion": "1.0",
                "type": "test.happened",
                "subject": "ACC-901",
                "correlationid": event.correlation,
                "id": str(event.id),
            },
        )
        self.assertEqual(told["data"]["amount"], 12.5)
        self.assertEqual(
            told["data"]["case"],
            {"type": "test", "model": "res.partner", "id": account.id},
        )

    def test_during_a_rotation_both_secrets_sign(self):
        endpoint = self.endpoint()
        old = self.secret
        new = endpoint.action_rotate_secret()["secret"]
        self.assertNotEqual(old, new)
        self.event(self.partners(1))
        self.deliver()
        _path, headers, body = self.receiver.requests[0]
        self.assertTrue(verifies(old, headers, body) and verifies(new, headers, body))

    def test_503_then_200_keeps_the_webhook_id_and_honours_retry_after(self):
        self.receiver.answers = [(503, {"Retry-After": "600"}), (200, {})]
        endpoint = self.endpoint()
        self.event(self.partners(1))
        before = fields.Datetime.now()
        self.deliver()
        delivery = self.deliveries(endpoint)
        self.assertEqual(
            (delivery.state, delivery.attempts, delivery.response_status),
            ("pending", 1, 503),
        )
        self.assertIn("HTTP 503", delivery.error)
        self.assertGreaterEqual(delivery.next_try_at, before + timedelta(seconds=600))
        self.deliver()
        self.assertEqual(len(self.receiver.requests), 1, "not before it is due")
        self.due_now(delivery)
        self.deliver()
        self.assertEqual(
            (delivery.state, delivery.attempts, delivery.error), ("delivered", 2, False)
        )
        (_p1, first, body1), (_p2, second, body2) = self.receiver.requests
        self.assertEqual(first["webhook-id"], second["webhook-id"])
        self.assertEqual(body1, body2)
        self.assertTrue(verifies(self.secret, second, body2))

    def test_a_redirect_is_not_followed(self):
        inner = Receiver()
        self.addCleanup(inner.close)
        self.receiver.answers = [(302, {"Location": inner.url})]
        endpoint = self.endpoint()
        self.event(self.partners(1))
        with allowed(self.receiver.host_port, inner.host_port):
            self.deliver()
        self.assertFalse(inner.requests)
        delivery = self.deliveries(endpoint)
        self.assertEqual((delivery.state, delivery.response_status), ("pending", 302))
        self.assertIn("not followed", delivery.error)

    def test_410_disables_the_endpoint_and_tells_its_owner(self):
        self.receiver.answers = [(410, {})]
        endpoint = self.endpoint()
        self.event(self.partners(1))
        self.deliver()
        self.assertEqual(self.deliveries(endpoint).state, "dead")
        self.assertEqual(endpoint.state, "disabled")
        self.assertIn("410", endpoint.disabled_reason)
        self.assertEqual(endpoint.activity_ids.user_id, self.owner)
        self.event(self.partners(1))
        self.assertEqual(
            len(self.deliveries(endpoint)), 1, "a disabled endpoint is sent nothing"
        )

    def test_the_tenth_failed_try_ends_it_and_one_activity_tells(self):
        self.receiver.answers = [(500, {"body": b"<script>alert(1)</script>"})]
        endpoint = self.endpoint()
        for partner in self.partners(2):
            self.event(partner)
        deliveries = self.deliveries(endpoint)
        deliveries.write({"attempts": policy.MAX_TRIES - 1})
        self.deliver()
        self.assertEqual(deliveries.mapped("state"), ["dead", "dead"])
        self.assertEqual(deliveries.mapped("attempts"), [10, 10])
        self.assertEqual(len(endpoint.activity_ids), 1)
        deliveries.action_retry()
        self.assertEqual(
            (set(deliveries.mapped("state")), set(deliveries.mapped("attempts"))),
            ({"pending"}, {0}),
        )

    def test_a_try_that_was_killed_is_made_again_when_its_lease_ends(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        with self.enter_registry_test_mode():
            _count, claimed = self.env["event_hub.delivery"]._claim(
                8
            )  # and then the process dies
        self.assertEqual([key for key, _post in claimed], [(delivery.id, 1)])
        self.deliver()
        self.assertFalse(self.receiver.requests, "somebody may still be sending it")
        delivery.write({"leased_until": fields.Datetime.now() - timedelta(seconds=1)})
        self.deliver()
        self.assertEqual((delivery.state, delivery.attempts), ("delivered", 2))
        self.assertEqual(
            self.receiver.requests[0][1]["webhook-id"], delivery.webhook_id
        )

    def test_an_outcome_that_comes_too_late_is_dropped(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        self.env["event_hub.delivery"]._claim(8)
        delivery.write({"leased_until": False})
        self.env["event_hub.delivery"]._claim(8)
        delivery._record(1, http_sender.Reply(status=200))
        self.assertEqual((delivery.state, delivery.attempts), ("pending", 2))
        delivery._record(2, http_sender.Reply(status=200))
        self.assertEqual(delivery.state, "delivered")

    def test_no_transaction_is_open_while_it_is_sent(self):
        self.endpoint()
        self.event(self.partners(1))
        order = []
        commit = type(self.env["ir.cron"])._commit_progress
        self.receiver.before_answer = lambda: order.append("sent")

        def committed(cron, *args, **kwargs):
            order.append("commit")
            return commit(cron, *args, **kwargs)

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", committed):
            self.deliver()
        self.assertEqual(order[:3], ["commit", "commit", "sent"])

    def test_a_slow_endpoint_leaves_room_for_others(self):
        slow, fast = (
            self.endpoint(),
            self.endpoint(name="Fast", url=self.receiver.url + "/fast"),
        )
        self.answered([slow, fast])
        for partner in self.partners(10):
            self.event(partner)
        _count, claimed = self.env["event_hub.delivery"]._claim(
            delivery_sending.POOL_SIZE
        )
        ids = [key[0] for key, _post in claimed]
        by_endpoint = self.env["event_hub.delivery"].browse(ids).grouped("endpoint_id")
        self.assertEqual(
            {e: len(d) for e, d in by_endpoint.items()}, {slow: 4, fast: 4}
        )
        self.assertFalse(
            self.env["event_hub.delivery"]._claim(16)[1],
            "each endpoint has its share in the air",
        )

    def test_slow_endpoints_share_half_of_the_pool_however_many_they_are(self):
        hanging = [self.endpoint(name=f"Hanging {n}") for n in range(12)]
        quick = self.endpoint(name="Quick")
        self.answered([quick])
        for partner in self.partners(6):
            self.event(partner)
        table = self.env["event_hub.delivery"]
        silent = table.search([("endpoint_id", "in", [e.id for e in hanging])])
        for delivery in silent.grouped("endpoint_id").values():
            delivery[:1].write({"attempts": 1, "last_try_at": fields.Datetime.now()})
        _count, claimed = table._claim(delivery_sending.POOL_SIZE)
        by_endpoint = table.browse([key[0] for key, _post in claimed]).grouped(
            "endpoint_id"
        )
        self.assertEqual(len(by_endpoint.pop(quick)), 4)
        self.assertEqual(len(by_endpoint), delivery_sending.ALL_SLOW)
        self.assertEqual({len(d) for d in by_endpoint.values()}, {1})
        self.assertFalse(table._claim(delivery_sending.POOL_SIZE, quick=True)[1])

    def answered(self, endpoints):
        """Something arrived at each a moment ago."""
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO event_hub_delivery_attempt (delivery_id, endpoint_id, tried_at, ok)"
            " SELECT 0, unnest(%s), now() AT TIME ZONE 'UTC', TRUE",
            [[endpoint.id for endpoint in endpoints]],
        )

    def test_however_many_hang_at_one_moment_there_is_room_for_who_answered_lately(
        self,
    ):
        for number in range(delivery_sending.POOL_SIZE + 4):
            self.endpoint(name=f"Nobody knows {number}")
        partner = self.partners(1)
        self.event(partner)
        table = self.env["event_hub.delivery"]
        _count, hanging = table._claim(delivery_sending.POOL_SIZE)
        self.assertEqual(len(hanging), delivery_sending.ALL_RISKY)
        room = delivery_sending.POOL_SIZE - len(hanging)
        self.assertFalse(table._claim(room)[1])
        well = self.endpoint(name="Answers", event_pattern="well.happened")
        self.answered(well)
        self.event(partner, type="well.happened")
        _count, claimed = table._claim(room)
        self.assertEqual(
            table.browse([key[0] for key, _post in claimed]).endpoint_id, well
        )

    def test_the_first_delivery_to_a_new_endpoint_does_not_wait_for_others_that_hang(
        self,
    ):
        hanging = [self.endpoint(name=f"Nobody knows {number}") for number in range(5)]
        partner = self.partners(1)
        for _ in range(4):
            self.event(partner)
        table = self.env["event_hub.delivery"]
        _count, claimed = table._claim(delivery_sending.POOL_SIZE)
        self.assertEqual(len(claimed), len(hanging), "each is tried once before more")
        new = self.endpoint(name="New", event_pattern="new.happened")
        self.event(partner, type="new.happened")
        _count, claimed = table._claim(delivery_sending.POOL_SIZE - len(claimed))
        self.assertEqual(
            table.browse([key[0] for key, _post in claimed]).endpoint_id, new
        )

    def test_endpoints_with_much_to_send_leave_room_for_those_with_little(self):
        many = [self.endpoint(name=f"Much {n}") for n in range(4)]
        self.answered(many)
        partner = self.partners(1)
        for _ in range(5):
            self.event(partner)
        table = self.env["event_hub.delivery"]
        _count, claimed = table._claim(delivery_sending.POOL_SIZE)
        self.assertEqual(len(claimed), len(many) + delivery_sending.ALL_FURTHER)
        little = self.endpoint(name="Little", event_pattern="little.happened")
        self.event(partner, type="little.happened")
        _count, claimed = table._claim(delivery_sending.POOL_SIZE - len(claimed))
        self.assertEqual(
            table.browse([key[0] for key, _post in claimed]).endpoint_id, little
        )

    def test_what_comes_in_while_others_hang_does_not_wait_for_them(self):
        self.endpoint(name="Hanging", event_pattern="test.happened")
        quick = self.endpoint(name="Quick", event_pattern="quick.happened")
        partner = self.partners(1)
        for _ in range(6):
            self.event(partner)
        hung, served = threading.Event(), threading.Event()
        send, lease = http_sender.send, type(self.env["event_hub.delivery"])._lease
        late = []

        def hang(post):
            if b"test.happened" in post.body:
                hung.set()
                served.wait(20)
                return http_sender.Reply(error="no answer")
            served.set()
            return send(post)

        def leased(table, *args, **options):
            if hung.is_set() and not late:
                late.append(self.event(partner, type="quick.happened"))
            return lease(table, *args, **options)

        with (
            patch.object(http_sender, "send", hang),
            patch.object(type(self.env["event_hub.delivery"]), "_lease", leased),
        ):
            self.deliver()
        self.assertTrue(served.is_set(), "it waited until the hanging ones gave up")
        self.assertEqual(self.deliveries(quick).state, "delivered")

    def test_many_deliveries_arrive_each_once(self):
        endpoint = self.endpoint()
        for partner in self.partners(60):
            self.event(partner)
        self.deliver()
        self.assertEqual(set(self.deliveries(endpoint).mapped("state")), {"delivered"})
        ids = [
            headers["webhook-id"] for _path, headers, _body in self.receiver.requests
        ]
        self.assertEqual(
            sorted(ids), sorted(self.deliveries(endpoint).mapped("webhook_id"))
        )

    def test_an_answer_larger_than_the_cap_still_counts(self):
        self.receiver.answers = [(200, {"body": b"x" * (http_sender.MAX_ANSWER * 4)})]
        endpoint = self.endpoint()
        self.event(self.partners(1))
        self.deliver()
        self.assertEqual(self.deliveries(endpoint).state, "delivered")

    def test_a_receiver_that_drips_is_cut_off(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        host_port = f"127.0.0.1:{server.getsockname()[1]}"
        with allowed(host_port), patch.object(http_sender, "TOTAL_TIMEOUT", 0.3):
            endpoint = self.endpoint(url=f"http://{host_port}/")
            self.event(self.partners(1))
            self.deliver()
        delivery = self.deliveries(endpoint)
        self.assertEqual((delivery.state, delivery.response_status), ("pending", 0))
        self.assertIn("No answer", delivery.error)
        self.assertLess(delivery.duration_ms, 5000)

    def test_https_needs_a_certificate_that_is_trusted(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        certificate = f"{folder.name}/server.pem"
        self_signed(certificate)
        receiver = Receiver(certificate)
        self.addCleanup(receiver.close)
        with allowed(receiver.host_port):
            endpoint = self.endpoint(url=receiver.url)
            self.event(self.partners(1))
            self.deliver()
            delivery = self.deliveries(endpoint)
            self.assertIn("certificate verify failed", delivery.error.lower())
            self.assertFalse(receiver.requests)
            self.due_now(delivery)
            with patch.object(http_sender, "ca_bundle", lambda: certificate):
                self.deliver()
        self.assertEqual((delivery.state, len(receiver.requests)), ("delivered", 1))

    def test_a_refused_connection_is_a_failed_try(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            host_port = f"127.0.0.1:{free.getsockname()[1]}"
        with allowed(host_port):
            endpoint = self.endpoint(url=f"http://{host_port}/")
            self.event(self.partners(1))
            self.deliver()
        self.assertIn("No answer", self.deliveries(endpoint).error)
