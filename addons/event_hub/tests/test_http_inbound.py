import base64
import gzip
import hashlib
import hmac
import json
import time
from datetime import datetime, timezone

from odoo.tests import HttpCase, tagged

from odoo.addons.event_hub.policies.signatures import (
    github,
    hubspot,
    segment,
    websub,
    zendesk,
)

from .common import HubCommon

SECRET = "a secret the sender made, 0123456789"


@tagged("post_install", "-at_install")
class TestInbound(HubCommon, HttpCase):
    """Every kind of sender at the real door; the signatures are made here by hand where it is short."""

    def _sender(self, *codes, secret=SECRET, **values):
        source = self._source(
            f"sender_{codes[0]}",
            self.company_a,
            self.service,
            adapter_ids=self._adapters(*codes).ids,
            **values,
        )
        source.sudo().secret_current = secret
        return source

    def _send(self, source, body, headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.url_open(
            f"/hub/v1/events/{source.code}",
            data=raw,
            headers={"Content-Type": "application/json", **headers},
            method="POST",
        )

    def _heard(self, response):
        self.assertEqual(response.status_code, 202, response.text)
        return self.env["event_hub.message"].browse(response.json()["message"])

    def _read(self, message):
        return [p.event for p in self.env["event_hub.processor"]._read(message)]

    def _mac(self, signed, how=hashlib.sha256):
        return hmac.new(SECRET.encode(), signed, how)

    # ----------------------------------------------------------------- vendors

    def test_a_zendesk_ticket_is_heard(self):
        source = self._sender("zendesk")
        body = json.dumps(
            {"id": "z1", "type": "zen:event-type:ticket.created", "detail": {"id": "7"}}
        ).encode()
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = base64.b64encode(self._mac(at.encode() + body).digest()).decode()
        headers = {zendesk.HEADER: signature, zendesk.TIME_HEADER: at}
        message = self._heard(self._send(source, body, headers))
        self.assertEqual(message.scheme, "zendesk")
        self.assertNotIn(zendesk.HEADER, message.headers)
        (event,) = self._read(message)
        self.assertEqual((event.type, event.id), ("support.ticket_created", "z1"))
        self.assertEqual(self._send(source, body + b" ", headers).status_code, 401)

    def test_a_hubspot_batch_is_signed_with_its_address(self):
        source = self._sender("hubspot")
        event = {"eventId": 1, "subscriptionType": "ticket.creation", "objectId": 5}
        body = json.dumps([event, {"x": 1}]).encode()
        at = int(time.time() * 1000)
        url = f"{self.base_url()}/hub/v1/events/{source.code}"
        signed = b"POST" + url.encode() + body + str(at).encode()
        signature = base64.b64encode(self._mac(signed).digest()).decode()
        headers = {hubspot.HEADER: signature, hubspot.TIME_HEADER: str(at)}
        response = self._send(source, body, headers)
        message = self._heard(response)
        items = response.json()["items"]
        self.assertEqual([i["status"] for i in items], ["accepted", "rejected"])
        self.assertIn("$[1]", items[1]["error"])
        self.assertEqual(
            [e.type for e in self._read(message)], ["support.ticket_created"]
        )

    def test_a_github_delivery_is_read_by_its_event_header(self):
        source = self._sender("github")
        body = b'{"action": "opened", "issue": {"number": 1}}'
        headers = {
            github.HEADER: "sha256=" + self._mac(body).hexdigest(),
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": "d1",
        }
        message = self._heard(self._send(source, body, headers))
        self.assertEqual(
            [e.type for e in self._read(message)], ["support.ticket_created"]
        )
        again = self._send(source, body, {**headers, "X-GitHub-Delivery": "d2"})
        self.assertEqual(
            (again.status_code, again.json()["message"]), (200, message.id)
        )

    def test_jira_and_intercom_sign_alike_and_neither_passes_for_the_other(self):
        issue = {"key": "ABC-7", "self": "https://jira.example/rest/api/2/issue/1"}
        jira = {"webhookEvent": "jira:issue_updated", "issue": issue}
        item = {"id": "7", "type": "ticket"}
        intercom = {"id": "n1", "topic": "ticket.created", "data": {"item": item}}
        for code, sent, event_type in (
            ("jira", jira, "engineering.issue_updated"),
            ("intercom", intercom, "support.ticket_created"),
        ):
            source = self._sender(code)
            body = json.dumps(sent).encode()
            methods = {
                "jira": "sha256=" + self._mac(body).hexdigest(),
                "intercom": "sha1=" + self._mac(body, hashlib.sha1).hexdigest(),
            }
            message = self._heard(
                self._send(source, body, {websub.HEADER: methods.pop(code)})
            )
            self.assertEqual([e.type for e in self._read(message)], [event_type])
            for wrong in (*methods.values(), "sha256=00", ""):
                response = self._send(source, body, {websub.HEADER: wrong})
                self.assertEqual(response.status_code, 401)

    def test_a_segment_call_is_heard(self):
        source = self._sender("segment")
        body = b'{"type": "identify", "messageId": "m1", "userId": "ann"}'
        signature = self._mac(body, hashlib.sha1).hexdigest()
        message = self._heard(self._send(source, body, {segment.HEADER: signature}))
        self.assertEqual([e.type for e in self._read(message)], ["identity.login"])

    def test_chargebee_brings_its_key_as_password(self):
        source = self._sender("chargebee")
        body = {"id": "ev_1", "event_type": "payment_failed", "content": {}}
        pair = base64.b64encode(f"hook:{SECRET}".encode()).decode()
        message = self._heard(
            self._send(source, body, {"Authorization": f"Basic {pair}"})
        )
        self.assertNotIn("authorization", message.headers)
        self.assertTrue(message.external_id.startswith("ev_1:"))
        again = self._send(
            source,
            {**body, "webhook_status": "re_scheduled"},
            {"Authorization": f"Basic {pair}"},
        )
        self.assertEqual(
            again.status_code, 202, "told again in other words: no conflict"
        )
        wrong = self._send(source, body, {"Authorization": "Bearer x"})
        self.assertEqual(
            (wrong.status_code, wrong.json()["error"]["code"]), (401, "bad_signature")
        )

    def test_a_senders_signature_is_refused_where_the_source_does_not_take_it(self):
        source = self._sender("github")
        response = self._send(source, b"{}", {"Authorization": f"Bearer {SECRET}"})
        self.assertEqual(response.status_code, 401)

    # ----------------------------------------------------------------- mapping

    def test_a_mapping_reads_what_no_adapter_knows(self):
        source = self._sender("mapping")
        self.env["event_hub.mapping"].create(
            {
                "source_id": source.id,
                "name": "Opened",
                "when_expr": "kind == 'opened'",
                "type_expr": "'test.ping'",
                "id_expr": "no",
                "subject_expr": "account",
                "data_expr": "{title: title}",
            }
        )
        key = {"Authorization": f"Bearer {SECRET}"}
        body = {"kind": "opened", "no": 5, "account": "T-001", "title": "Hi"}
        message = self._heard(self._send(source, body, key))
        (event,) = self._read(message)
        self.assertEqual(
            (event.type, event.id, event.subject, event.data),
            ("test.ping", "5", "T-001", {"title": "Hi"}),
        )
        refused = self._send(source, {**body, "no": None}, key)
        self.assertEqual(refused.status_code, 400)
        self.assertIn("mapping id (no)", refused.json()["error"]["detail"])

    def test_what_no_mapping_takes_waits_until_one_does(self):
        source = self._sender("mapping")
        key = {"Authorization": f"Bearer {SECRET}"}
        message = self._heard(self._send(source, {"account": "T-001"}, key))
        self._process()
        self.assertEqual(
            (message.state, message.error_code), ("parked", "unknown_type")
        )
        self.env["event_hub.mapping"].create(
            {
                "source_id": source.id,
                "name": "All",
                "type_expr": "'test.ping'",
                "subject_expr": "account",
            }
        )
        message.action_replay()
        self.assertEqual(
            (message.state, self._events(message).type), ("processed", "test.ping")
        )

    def test_a_mapping_that_no_longer_fits_parks_the_message_with_its_reason(self):
        source = self._sender("mapping")
        rule = self.env["event_hub.mapping"].create(
            {"source_id": source.id, "name": "All", "type_expr": "'test.ping'"}
        )
        key = {"Authorization": f"Bearer {SECRET}"}
        message = self._heard(self._send(source, {"a": 1}, key))
        rule.id_expr = "missing"
        self._process()
        self.assertEqual((message.state, message.error_code), ("parked", "schema"))
        self.assertIn("mapping id (missing)", message.error)

    # -------------------------------------------------------------------- gzip

    def test_a_compressed_body_is_signed_as_sent_and_kept_plain(self):
        body = json.dumps(self._event()).encode()
        packed = gzip.compress(body)
        response = self._post(packed, headers={"Content-Encoding": "gzip"})
        message = self._heard(response)
        self.assertEqual(message.body.encode(), body)
        plain = self._post(body, headers={"Content-Encoding": "gzip"})
        self.assertEqual(
            (plain.status_code, plain.json()["error"]["code"]), (400, "bad_json")
        )

    def test_a_body_compressed_otherwise_is_the_same_message(self):
        body = json.dumps(self._event()).encode()
        packed = {"Content-Encoding": "gzip"}
        first = self._post(
            gzip.compress(body, mtime=1), message_id="m1", headers=packed
        )
        again = self._post(
            gzip.compress(body, mtime=2), message_id="m1", headers=packed
        )
        self.assertEqual((first.status_code, again.status_code), (202, 200))

    def test_a_bomb_is_413_and_another_encoding_415(self):
        bomb = gzip.compress(b" " * 30_000_000)
        response = self._post(bomb, headers={"Content-Encoding": "gzip"})
        self.assertEqual(
            (response.status_code, response.json()["error"]["code"]), (413, "too_large")
        )
        response = self._post(b"x", headers={"Content-Encoding": "br"})
        self.assertEqual(
            (response.status_code, response.json()["error"]["code"]),
            (415, "unsupported_type"),
        )

    def test_an_unsigned_bomb_is_refused_before_it_is_unpacked(self):
        bomb = gzip.compress(b" " * 30_000_000)
        headers = {"Content-Encoding": "gzip", "webhook-signature": "v1,AAAA"}
        self.assertEqual(self._post(bomb, headers=headers).status_code, 401)

    # ------------------------------------------------------------------ limits

    def test_numbers_keys_and_depth_are_bounded_and_the_place_is_named(self):
        for body, place in (
            (
                b'{"data": {"amount": %s}}' % (b"1" * 5000),
                "$.data.amount: a number of 5000 digits",
            ),
            (b'{"id": "1", "id": "2"}', "$: the key id is there twice"),
            (
                b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}",
                "nested deeper than 64 levels",
            ),
            (b"[" * 500_000, "nested deeper than 64 levels"),
            (b'{"data": {"n": 1E99999999}}', "$.data.n: the number is too large"),
            (b'{"data": {"n": -Infinity}}', "$.data.n: -Infinity is not a JSON number"),
        ):
            response = self._post(body)
            self.assertEqual(response.status_code, 400, response.text)
            self.assertIn(place, response.json()["error"]["detail"])

    def test_a_bomb_in_chunks_and_one_within_another_are_refused_too(self):
        bomb = gzip.compress(b" " * 30_000_000)
        headers = {**self._headers(bomb), "Content-Encoding": "gzip"}
        response = self.url_open(
            f"/hub/v1/events/{self.source.code}",
            data=(bomb[i : i + 1000] for i in range(0, len(bomb), 1000)),
            headers=headers,
            method="POST",
        )
        self.assertEqual(
            (response.status_code, response.json()["error"]["code"]), (413, "too_large")
        )
        nested = self._post(gzip.compress(bomb), headers={"Content-Encoding": "gzip"})
        self.assertEqual(
            (nested.status_code, nested.json()["error"]["code"]), (400, "bad_json")
        )

    def test_an_item_of_a_batch_that_cannot_be_stored_is_refused_alone(self):
        batch = [
            self._event("test.ping", id="good"),
            self._event("test.ping", id="zero", data={"a": "\0"}),
            self._event("test.ping", id="late", time="soon"),
            "no event",
        ]
        response = self._post(
            batch, content_type="application/cloudevents-batch+json", message_id="b1"
        )
        message = self._heard(response)
        self.assertEqual(
            [(i["id"], i["status"]) for i in response.json()["items"]],
            [
                ("good", "accepted"),
                ("zero", "rejected"),
                ("late", "rejected"),
                (None, "rejected"),
            ],
        )
        self._process()
        self.assertEqual(self._events(message).mapped("ce_id"), ["good"])

    def test_only_listed_addresses_may_send(self):
        self.source.allowed_ips = "203.0.113.0/24"
        response = self._post(self._event())
        self.assertEqual(
            (response.status_code, response.json()["error"]["code"]),
            (403, "forbidden_address"),
        )
        self.source.allowed_ips = "127.0.0.0/8, ::1"
        self.assertEqual(self._post(self._event()).status_code, 202)
