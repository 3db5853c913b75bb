"""Inner addresses are never reached."""

import socket
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.event_hub.tools import http_sender

from .common_outbox import OutboxCase, allowed


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
