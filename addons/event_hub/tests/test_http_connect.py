"""Connecting a source: test events through the real door, and what the form tells meanwhile."""

import json
import socket
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.event_hub.policies import adapters, net_address
from odoo.addons.event_hub.tools import counters, http_sender, own_door

from .common import HubCommon

STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Connecting(HubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "hub_admin_connect",
            groups="event_hub.group_hub_admin",
            company_id=cls.company_a.id,
        )

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        counters.take(self.env.cr.dbname)  # what other tests left
        call = own_door.call

        def with_a_pass_of_the_test(url, headers, body):
            self.env.flush_all()
            with self.allow_requests():
                cookie = f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
                return call(url, {**headers, "Cookie": cookie}, body)

        self.patch(own_door, "call", with_a_pass_of_the_test)

    def _sender(self, *codes, **values):
        source = self._source(
            f"sender_{codes[0]}",
            self.company_a,
            self.service,
            adapter_ids=self._adapters(*codes).ids,
            **values,
        )
        source.secret_current = STANDARD_SECRET
        return source

    def _connection(self, source):
        self.env.flush_all()
        self.env.invalidate_all()
        return source.with_user(self.admin).connection()


@tagged("post_install", "-at_install")
class TestConnect(Connecting, HttpCase):
    # -------------------------------------------------------------- test events

    def test_every_adapter_sends_a_test_that_is_heard_and_has_no_effect(self):
        for code in adapters.ADAPTERS:
            source = self._sender(code)
            if self._adapters(code).is_mapped:
                self.env["event_hub.mapping"].create(
                    {
                        "source_id": source.id,
                        "name": "All",
                        "type_expr": "'test.payment_failed'",
                        "subject_expr": "account",
                    }
                )
            told = source.with_user(self.admin).send_test()
            again = source.with_user(self.admin).send_test()
            for (answer,) in (told, again):
                self.assertEqual(
                    (answer["adapter"], answer["status"], answer["code"]),
                    (code, 202, "accepted"),
                    answer,
                )
            messages = self.env["event_hub.message"].browse(
                [told[0]["message"], again[0]["message"]]
            )
            self._process()
            self.assertEqual(messages.mapped("state"), ["processed"] * 2)
            self.assertEqual(messages.mapped("is_test"), [True] * 2)
            events = self._events(messages)
            self.assertEqual(events.mapped("type"), ["hub.test"] * 2)
            self.assertFalse(events.account_id)
            self.assertFalse(self._connection(source)["heard"])
        self.assertFalse(self.env["test_event_hub.invoice"].search([]))

    def test_a_source_of_several_systems_tries_each(self):
        told = self.source.with_user(self.admin).send_test()
        self.assertEqual(
            {t["adapter"]: t["status"] for t in told}, {"standard": 202, "stripe": 202}
        )
        action = self.source.with_user(self.admin).action_send_test()
        self.assertEqual(action["res_model"], "event_hub.message")

    def test_only_this_server_can_make_a_message_without_effect(self):
        mark_of = self.env["event_hub.message"]._test_mark
        for source_id, signed in ((None, b""), (0, b"other"), (1, None)):
            body = json.dumps(self._event("test.ping")).encode()
            mark = "x"
            if source_id is not None:
                mark = mark_of(self.source.id + source_id, signed or body)
            response = self._post(body, headers={"hub-test": mark})
            message = self.env["event_hub.message"].browse(response.json()["message"])
            self._process()
            self.assertFalse(message.is_test)
            self.assertEqual(self._events(message).type, "test.ping")

    def test_what_the_door_refuses_is_told_with_the_way_out(self):
        self.source.allowed_ips = "203.0.113.0/24"
        told = self.source.with_user(self.admin).send_test()
        self.assertEqual(
            {(t["status"], t["code"], t["message"]) for t in told},
            {(403, "forbidden_address", False)},
        )
        self.assertIn("Allowed Addresses", told[0]["detail"])
        with self.assertRaisesRegex(UserError, "Allowed Addresses"):
            self.source.with_user(self.admin).action_send_test()

    def test_without_a_secret_that_signs_it_says_what_to_do(self):
        source = self._sender("standard")
        for secret, words in ((False, "Rotate secret"), ("whpk_AAAA", "private key")):
            source.secret_current = secret
            with self.assertRaisesRegex(UserError, words):
                source.with_user(self.admin).send_test()
        source.secret_current = "whsec_"
        (told,) = source.with_user(self.admin).send_test()
        self.assertEqual((told["code"], told["message"]), ("bad_secret", False))

    def test_an_address_that_is_not_this_server_is_not_called(self):
        for url, words in (
            ("http://169.254.169.254", "allow_hosts"),
            ("http://127.0.0.1:1", "allow_hosts"),
            ("http://user:x@127.0.0.1", "web.base.url"),
        ):
            self.env["ir.config_parameter"].set_param("web.base.url", url)
            told = self.source.with_user(self.admin).send_test()
            self.assertEqual({t["code"] for t in told}, {"no_answer"})
            self.assertIn(words, told[0]["detail"])

    def test_a_server_that_cannot_call_itself_says_so(self):
        silent = http_sender.Reply(error="timed out")
        with patch.object(own_door, "call", lambda *a: silent):
            told = self.source.with_user(self.admin).send_test()
        self.assertIn("second worker", told[0]["detail"])
        page = http_sender.Reply(status=200, body="<html>")
        with patch.object(own_door, "call", lambda *a: page):
            told = self.source.with_user(self.admin).send_test()
        self.assertIn("another server", told[0]["detail"])

    def test_only_addresses_of_this_machine_are_its_own(self):
        for url, own in (
            (self.base_url(), True),
            ("http://localhost", True),
            ("http://127.0.0.1:5432", False),
            ("http://10.255.255.1", False),
            ("http://no-such-host.invalid", False),
        ):
            found = own_door.own_addresses(net_address.parse_target(url))
            self.assertEqual(bool(found), own, url)

    def test_a_name_that_changes_its_address_leads_nowhere_else(self):
        answers = [["127.0.0.1"], ["169.254.169.254"]]
        connected = []

        def getaddrinfo(_host, port, **_kwargs):
            addresses = answers.pop(0)
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
                for address in addresses
            ]

        def connect(_socket, address):
            connected.append(address[0])
            raise ConnectionRefusedError

        with (
            patch.object(socket, "getaddrinfo", getaddrinfo),
            patch.object(socket.socket, "connect", connect),
        ):
            reply = own_door.call("http://rebinding.example", {}, b"{}")
        self.assertIn("ConnectionRefused", reply.error)
        self.assertEqual(connected, ["127.0.0.1"])

    def test_several_senders_wait_no_longer_than_one_for_a_server_that_is_silent(self):
        source = self._sender("stripe", "standard", "github")
        silent = http_sender.Reply(error="timed out")
        with patch.object(own_door, "call", lambda *a: silent):
            told = source.with_user(self.admin).send_test()
        self.assertEqual(len(told), 1)

    def test_only_administrators_connect(self):
        reader = new_test_user(self.env, "hub_r_c", groups="event_hub.group_hub_user")
        for call in ("connection", "send_test", "action_send_test"):
            with self.assertRaises(AccessError):
                getattr(self.source.with_user(reader), call)()

    # -------------------------------------------------------------- what came in

    def test_it_waits_for_the_sender_and_not_for_our_tests(self):
        bare = self._source("bare", self.company_a, self.service)
        self.assertEqual(self._connection(bare)["state"], "no_secret")
        self.assertEqual(self._connection(self.source)["state"], "waiting")
        self.source.with_user(self.admin).send_test()
        told = self._connection(self.source)
        self.assertEqual((told["state"], told["heard"]), ("waiting", False))
        self.assertIn(told["test"]["state"], ("received", "processed"))
        message = self._post(self._event("test.ping")).json()["message"]
        told = self._connection(self.source)
        self.assertEqual(
            (told["state"], told["only"], told["heard"]["id"], told["heard"]["types"]),
            ("heard", True, message, ["test.ping"]),
        )

    def test_what_waits_says_why(self):
        self._post(self._event("no.such_type"))
        self._process()
        heard = self._connection(self.source)["heard"]
        self.assertEqual((heard["state"], heard["types"]), ("parked", ["no.such_type"]))
        self.assertIn("Define it under Configuration", heard["reason"])

    def test_refusals_are_told_with_what_to_do(self):
        for _ in range(2):
            self._post(self._event(), headers={"webhook-signature": "v1,x"})
        self._post(self._event(), at=1)
        told = {r["code"]: r for r in self._connection(self.source)["refused"]}
        self.assertEqual(
            {code: refused["count"] for code, refused in told.items()},
            {"bad_signature": 2, "stale": 1},
        )
        self.assertIn("secret", told["bad_signature"]["fix"])
        self.assertIn("clock", told["stale"]["fix"])

    def test_every_refusal_of_the_door_has_a_name_and_a_way_out(self):
        fixes = self.env["event_hub.source"]._ways_out()
        labels = self.env["event_hub.overview"]._answer_labels()
        unheard = {"duplicate", "unknown_source"}
        self.assertEqual(set(fixes), set(labels) - unheard)
