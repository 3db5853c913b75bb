"""The outbox against a real receiver on loopback."""

import json
import socket
import tempfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.models import event_hub_delivery
from odoo.addons.event_hub.policies import delivery as policy
from odoo.addons.event_hub.tools import http_sender

from .common_outbox import HubCase, Receiver, allowed, self_signed, verifies


class OutboxCase(HubCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        allow = allowed(self.receiver.host_port)
        allow.__enter__()
        self.addCleanup(allow.__exit__, None, None, None)

    def endpoint(self, **vals):
        values = {
            "name": "Receiver",
            "url": self.receiver.url,
            "event_pattern": "test.*",
            "owner_id": self.owner.id,
        }
        endpoint = self.env["event_hub.endpoint"].create({**values, **vals})
        self.secret = endpoint.action_rotate_secret()["secret"]
        return endpoint

    def deliveries(self, endpoint):
        return self.env["event_hub.delivery"].search(
            [("endpoint_id", "=", endpoint.id)], order="id"
        )

    def due_now(self, deliveries):
        deliveries.write({"next_try_at": fields.Datetime.now()})


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
        for partner in self.partners(10):
            self.event(partner)
        _count, claimed = self.env["event_hub.delivery"]._claim(
            event_hub_delivery.POOL_SIZE
        )
        ids = [key[0] for key, _post in claimed]
        by_endpoint = self.env["event_hub.delivery"].browse(ids).grouped("endpoint_id")
        self.assertEqual(
            {e: len(d) for e, d in by_endpoint.items()}, {slow: 4, fast: 4}
        )
        self.assertFalse(
            self.env["event_hub.delivery"]._claim(8)[1],
            "each endpoint has its share in the air",
        )

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


@tagged("post_install", "-at_install")
class TestInnerAddresses(OutboxCase):
    def test_literal_inner_addresses_are_refused_when_saved_naming_the_setting(self):
        for host in (
            "127.0.0.1",
            "169.254.169.254",
            "[::1]",
            "10.1.2.3",
            "0x7f.1",
            "localhost",
            "[::ffff:10.0.0.1]",
        ):
            with (
                self.subTest(host=host),
                self.assertRaisesRegex(ValidationError, r"\[event_hub\] allow_hosts"),
            ):
                self.env["event_hub.endpoint"].create(
                    {"name": "x", "url": f"http://{host}:9999/", "event_pattern": "*"}
                )

    def test_what_is_no_url_is_refused_with_the_reason(self):
        for url, why in (
            ("ftp://example.com", "https://"),
            ("https://u:p@example.com", "password"),
            ("https://", "host"),
        ):
            with self.subTest(url=url), self.assertRaisesRegex(ValidationError, why):
                self.env["event_hub.endpoint"].create(
                    {"name": "x", "url": url, "event_pattern": "*"}
                )

    def test_a_name_that_resolves_inwards_is_refused_before_connecting(self):
        endpoint = self.endpoint(url="http://hooks.example.com/x")
        self.event(self.partners(1))
        inner = [
            (
                socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                ("127.0.0.1", int(self.receiver.host_port[10:])),
            )
        ]
        with patch.object(http_sender.socket, "getaddrinfo", return_value=inner):
            self.deliver()
        delivery = self.deliveries(endpoint)
        self.assertFalse(self.receiver.requests)
        self.assertEqual((delivery.state, delivery.attempts), ("pending", 1))
        self.assertIn("[event_hub] allow_hosts", delivery.error)
        self.assertIn("127.0.0.1", delivery.error)

    def test_one_inner_address_among_public_ones_refuses(self):
        endpoint = self.endpoint(url="http://hooks.example.com/x")
        self.event(self.partners(1))
        mixed = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:10.0.0.1", 80, 0, 0)),
        ]
        with (
            patch.object(http_sender.socket, "getaddrinfo", return_value=mixed),
            patch.object(
                http_sender.socket, "socket", side_effect=AssertionError("connected")
            ),
        ):
            self.deliver()
        self.assertIn("::ffff:10.0.0.1", self.deliveries(endpoint).error)

    def test_the_socket_connects_to_the_address_that_was_judged(self):
        """A name that resolves to another address a moment later gains nothing: it is asked once."""
        asked = []

        def resolver(host, port, **kwargs):
            asked.append(host)
            return [
                (
                    socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    ("127.0.0.1", int(self.receiver.host_port[10:])),
                )
            ]

        with (
            allowed("rebind.example:80"),
            patch.object(http_sender.socket, "getaddrinfo", resolver),
        ):
            endpoint = self.endpoint(url="http://rebind.example/x")
            self.event(self.partners(1))
            self.deliver()
        self.assertEqual(
            (self.deliveries(endpoint).state, asked), ("delivered", ["rebind.example"])
        )
        self.assertEqual(self.receiver.requests[0][1]["host"], "rebind.example")


@tagged("post_install", "-at_install")
class TestOutboxDoors(OutboxCase):
    def test_deliveries_follow_pattern_and_company(self):
        other = self.env["res.company"].create({"name": "Second"})
        mine, all_companies = self.endpoint(), self.endpoint(company_id=False)
        theirs, other_type = (
            self.endpoint(company_id=other.id),
            self.endpoint(event_pattern="risk.*"),
        )
        self.event(self.partners(1))
        self.event(self.partners(1), company_id=None)
        self.event(self.partners(1), history=True)
        counts = [
            len(self.deliveries(endpoint))
            for endpoint in (mine, all_companies, theirs, other_type)
        ]
        self.assertEqual(counts, [2, 2, 1, 0])

    def test_only_settings_administrators_send_the_events_of_all_companies(self):
        admin = new_test_user(self.env, "hub_a", "event_hub.group_hub_admin")
        system = new_test_user(
            self.env, "hub_s", "event_hub.group_hub_admin,base.group_system"
        )
        own, of_all = self.endpoint(), self.endpoint(company_id=False)
        values = {"name": "All", "url": self.receiver.url, "company_id": False}
        model = own.with_user(admin)
        for forbidden in (
            lambda: model.create(values),
            lambda: model.with_context(default_company_id=False).create(
                {"name": "All", "url": self.receiver.url}
            ),
            lambda: model.write({"company_id": False}),
            lambda: of_all.with_user(admin).write({"url": "https://example.org/x"}),
        ):
            with self.assertRaisesRegex(AccessError, "events of all companies"):
                forbidden()
        for action in ("action_disable", "action_rotate_secret", "action_send_test"):
            with self.assertRaises(AccessError):
                getattr(of_all.with_user(admin), action)()
        self.assertEqual(of_all.with_user(admin).name, "Receiver")
        self.assertTrue(model.write({"name": "Mine"}))
        self.assertFalse(own.with_user(system).create(values).company_id)
        self.assertTrue(of_all.with_user(system).write({"name": "Everything"}))

    def test_what_is_remembered_of_endpoints_and_rules_is_dropped_again_after_the_commit(
        self,
    ):
        endpoint, rule = self.endpoint(), self.rule()
        for change in (
            lambda: endpoint.write({"event_pattern": "x.*"}),
            endpoint.action_disable,
            lambda: rule.write({"event_pattern": "x.*"}),
        ):
            self.env.cr.postcommit.clear()
            change()
            self.assertIn(self.env.registry.clear_cache, self.env.cr.postcommit._funcs)

    def test_one_delivery_that_fails_on_our_side_does_not_hold_up_the_others(self):
        endpoint = self.endpoint()
        bad = self.event(self.partners(1))
        good = [self.event(self.partners(1)) for _n in range(2)]
        send_body = type(endpoint)._wire_body

        def wire_body(model, event):
            if event == bad:
                model.env.cr.execute("SELECT 1 / 0")
            return send_body(model, event)

        self.patch(type(endpoint), "_wire_body", wire_body)
        with mute_logger("odoo.sql_db", event_hub_delivery.__name__):
            self.deliver()
        states = {d.event_id: d.state for d in self.deliveries(endpoint)}
        self.assertEqual([states[e] for e in good], ["delivered"] * 2)
        failed = self.deliveries(endpoint).filtered(lambda d: d.event_id == bad)
        self.assertEqual((failed.state, failed.attempts), ("pending", 1))
        self.assertIn("problem on our side: DivisionByZero", failed.error)
        self.assertGreater(failed.next_try_at, fields.Datetime.now())

    def test_an_outcome_that_cannot_be_written_does_not_hold_up_the_others(self):
        endpoint = self.endpoint()
        bad, good = [self.event(self.partners(1)) for _n in range(2)]
        words = event_hub_delivery.EventHubDelivery._words

        def failing(delivery, *args):
            if delivery.event_id == bad:
                raise LookupError
            return words(delivery, *args)

        self.patch(event_hub_delivery.EventHubDelivery, "_words", failing)
        with mute_logger(event_hub_delivery.__name__):
            self.deliver()
        states = {d.event_id: d.state for d in self.deliveries(endpoint)}
        self.assertEqual((states[bad], states[good]), ("pending", "delivered"))

    def test_a_test_event_goes_to_the_endpoint_that_asked(self):
        asked, other = (
            self.endpoint(event_pattern="risk.*"),
            self.endpoint(event_pattern="*"),
        )
        asked.action_send_test()
        self.assertEqual(
            (len(self.deliveries(asked)), len(self.deliveries(other))), (1, 0)
        )
        self.deliver()
        self.assertEqual(json.loads(self.receiver.requests[0][2])["type"], "hub.test")

    def test_disabling_gives_up_what_waits_and_enabling_lets_it_be_retried(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        endpoint.action_disable()
        delivery = self.deliveries(endpoint)
        self.assertEqual(delivery.state, "dead")
        with self.assertRaisesRegex(UserError, "switched off"):
            delivery.action_retry()
        with self.assertRaisesRegex(UserError, "switched off"):
            endpoint.action_send_test()
        endpoint.action_enable()
        delivery.action_retry()
        self.deliver()
        self.assertEqual(delivery.state, "delivered")

    def test_states_do_not_move_by_hand(self):
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        for attempt in (
            lambda: endpoint.write({"state": "disabled"}),
            lambda: endpoint.copy({"state": "disabled"}),
            lambda: delivery.write({"state": "delivered"}),
            lambda: self.env["event_hub.delivery"].create(
                {"endpoint_id": endpoint.id, "event_id": 1}
            ),
        ):
            with self.assertRaises(UserError):
                attempt()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            endpoint.unlink()

    def test_hub_users_read_deliveries_and_only_administrators_act(self):
        user = new_test_user(self.env, "hub_user", "event_hub.group_hub_user")
        endpoint = self.endpoint()
        self.event(self.partners(1))
        delivery = self.deliveries(endpoint)
        self.assertEqual(delivery.with_user(user).state, "pending")
        for attempt in (
            lambda: delivery.with_user(user).action_retry(),
            lambda: delivery.with_user(user).write({"error": "x"}),
            lambda: endpoint.with_user(user).action_disable(),
            lambda: endpoint.with_user(user).action_send_test(),
            lambda: endpoint.with_user(user).action_rotate_secret(),
            lambda: endpoint.with_user(user).write({"url": "https://example.com"}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_secrets_cannot_be_read_searched_or_exported(self):
        endpoint = self.endpoint().with_user(self.env.ref("base.user_admin"))
        for attempt in (
            lambda: endpoint.read(["secret_current"]),
            lambda: endpoint.search([("secret_current", "=like", "w%")]),
            lambda: endpoint.search([], order="secret_current"),
            lambda: endpoint.export_data(["secret_current"]),
            lambda: endpoint.write({"secret_current": "whsec_AAAA"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
