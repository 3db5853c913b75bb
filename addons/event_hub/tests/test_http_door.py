import json
import time
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from .common_door import DoorCase


@tagged("post_install", "-at_install")
class TestDoor(DoorCase):
    # --------------------------------------------------------------- accepted

    def test_a_signed_event_is_stored_before_it_is_answered(self):
        response = self._post(self._event(correlationid="a" * 32), message_id="msg_1")
        self.assertEqual(response.status_code, 202, response.text)
        message = self._messages()
        self.assertEqual(
            response.json(),
            {"status": "accepted", "message": message.id, "correlation": "a" * 32},
        )
        self.assertEqual(
            (message.state, message.external_id, message.scheme),
            ("received", "msg_1", "standard"),
        )
        self.assertNotIn("webhook-signature", message.headers)
        self.assertEqual(message.headers["webhook-id"], "msg_1")

    def test_a_request_that_collides_in_the_database_is_read_once_more(self):
        Message = type(self.env["event_hub.message"])
        accept, tries = Message._accept, []

        def collide_first(messages, heard):
            tries.append(heard.body)
            if len(tries) == 1:
                raise ConcurrencyError("someone was first")
            return accept(messages, heard)

        with (
            patch.object(Message, "_accept", collide_first),
            patch("odoo.service.model.random.uniform", return_value=0),
        ):
            response = self._post(self._event())
        self.assertEqual(response.status_code, 202, response.text)
        self.assertEqual(tries[0], tries[1])
        self.assertEqual(len(self._messages()), 1)

    def test_the_body_is_kept_byte_for_byte(self):
        body = b'{ "specversion":"1.0", "id":"1","source":"s", "type":"t" , "data":{"name":"\xc3\xa9 \\u00e9"}}'
        self.assertEqual(self._post(body).status_code, 202)
        self.assertEqual(self._messages().body.encode(), body)

    def test_the_trace_of_the_request_becomes_the_correlation(self):
        trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
        response = self._post(
            self._event(), headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
        )
        self.assertEqual(response.json()["correlation"], trace_id)

    def test_unknown_types_accounts_and_schemas_never_change_the_answer(self):
        for event in (
            self._event("nobody.knows"),
            self._event(subject="NOBODY"),
            self._event("test.payment_failed"),
        ):
            self.assertEqual(self._post(event).status_code, 202)

    # ------------------------------------------------------------- W1, W3, W4

    def test_a_wrong_or_missing_signature_is_401_and_nothing_is_stored(self):
        good = self._headers(b"{}")["webhook-signature"]
        for value in (
            None,
            "",
            "v1,",
            "garbage",
            good[:-4],
            good + "A",
            "v2" + good[2:],
        ):
            self._assert_refused(
                self._post(self._event(), headers={"webhook-signature": value}),
                401,
                "bad_signature",
            )
        self._assert_refused(
            self._post(self._event(), headers={"webhook-id": None}),
            401,
            "bad_signature",
        )
        self.assertFalse(self._messages())

    def test_301_seconds_are_stale_and_299_are_not(self):
        now = int(time.time())
        for age in (305, -305):
            self._assert_refused(self._post(self._event(), at=now - age), 401, "stale")
        for age in (295, -295):
            self.assertEqual(self._post(self._event(), at=now - age).status_code, 202)

    def test_a_body_written_anew_breaks_the_signature(self):
        body = json.dumps(self._event()).encode()
        headers = self._headers(body)
        response = self.url_open(
            f"/hub/v1/events/{self.source.code}",
            data=body.replace(b": ", b":", 1),
            headers=headers,
            method="POST",
        )
        self._assert_refused(response, 401, "bad_signature")

    def test_both_secrets_are_good_during_rotation(self):
        old = self.secret
        new = self.source._rotate_secret()
        for secret in (old, new):
            self.assertEqual(self._post(self._event(), secret=secret).status_code, 202)
        self.source.secret_previous_until = "2020-01-01 00:00:00"
        self._assert_refused(
            self._post(self._event(), secret=old), 401, "bad_signature"
        )
        self.assertEqual(self._post(self._event(), secret=new).status_code, 202)

    def test_a_source_without_secret_takes_nothing(self):
        self._source("bare", self.company_a, self.service)
        self._assert_refused(
            self._post(self._event(), code="bare"), 401, "bad_signature"
        )

    # ---------------------------------------------------------------- identity

    def test_the_same_message_three_times_is_stored_once(self):
        event = self._event()
        answers = [self._post(event, message_id="msg_2") for _ in range(3)]
        self.assertEqual([a.status_code for a in answers], [202, 200, 200])
        self.assertEqual(
            [a.json()["status"] for a in answers],
            ["accepted", "duplicate", "duplicate"],
        )
        self.assertEqual(
            len({(a.json()["message"], a.json()["correlation"]) for a in answers}), 1
        )
        self.assertEqual(len(self._messages()), 1)

    def test_an_address_without_a_source_is_told_in_json(self):
        for rest in ("", "/", "/a/b", f"/{self.source.code}/more"):
            for method in ("POST", "GET"):
                response = self.url_open(f"/hub/v1/events{rest}", method=method)
                self.assertEqual(response.status_code, 404, rest)
                self.assertEqual(set(response.json()), {"error"})
                self.assertEqual(response.json()["error"]["code"], "unknown_source")

    def test_a_number_of_5000_digits_is_refused_naming_its_place(self):
        body = json.dumps(self._event()).replace('"data": {}', '"data": {"n": %s}')
        response = self._post((body % ("9" * 5000)).encode())
        self.assertEqual(response.status_code, 400)
        error = response.json()["error"]
        self.assertEqual(error["code"], "bad_json")
        self.assertRegex(error["detail"], r"line 1 column|\$\.data\.n")
        self.assertNotIn("sys.", error["detail"])

    def test_another_body_under_the_same_id_is_a_conflict(self):
        self._post(self._event(), message_id="msg_3")
        self._assert_refused(
            self._post(self._event(), message_id="msg_3"), 409, "conflict"
        )
        self.assertEqual(len(self._messages()), 1)

    def test_two_sources_may_use_the_same_message_id(self):
        other = self._source(
            "test_other", self.company_b, self._service_user("hub_b", self.company_b)
        )
        secret = other._rotate_secret()
        self.assertEqual(self._post(self._event(), message_id="msg_4").status_code, 202)
        self.assertEqual(
            self._post(
                self._event(), message_id="msg_4", code="test_other", secret=secret
            ).status_code,
            202,
        )

    # ------------------------------------------------------------------- batch

    def test_a_batch_is_answered_item_by_item(self):
        twin = self._event(id="e1")
        batch = [twin, {"id": "bad", "specversion": "1.0"}, twin, self._event(id="e2")]
        response = self._post(
            batch, content_type="application/cloudevents-batch+json", message_id="msg_5"
        )
        self.assertEqual(response.status_code, 202, response.text)
        items = response.json()["items"]
        self.assertEqual(
            [(i["id"], i["status"]) for i in items],
            [
                ("e1", "accepted"),
                ("bad", "rejected"),
                ("e1", "duplicate"),
                ("e2", "accepted"),
            ],
        )
        self.assertIn("$[1].source", items[1]["error"])
        again = self._post(
            batch, content_type="application/cloudevents-batch+json", message_id="msg_5"
        )
        self.assertEqual(again.status_code, 200)
        self.assertEqual(
            [i["status"] for i in again.json()["items"]],
            ["duplicate", "rejected", "duplicate", "duplicate"],
        )

    def test_a_batch_without_any_event_is_refused(self):
        for batch, place in (([], "empty"), ([{}], "$[0].specversion"), ({}, "array")):
            self._assert_refused(
                self._post(batch, content_type="application/cloudevents-batch+json"),
                400,
                "bad_envelope",
                place,
            )

    # ----------------------------------------------------------------- refusals

    def test_an_unknown_source_is_404_whatever_the_method(self):
        self._assert_refused(
            self._post(self._event(), code="nobody"), 404, "unknown_source"
        )
        self._assert_refused(
            self.url_open("/hub/v1/events/nobody"), 404, "unknown_source"
        )

    def test_an_archived_source_is_unknown(self):
        self.source.active = False
        self._assert_refused(self._post(self._event()), 404, "unknown_source")

    def test_a_name_that_no_source_can_have_is_404(self):
        response = self._post(b"{}", code="bil%00ling")
        self.assertEqual(response.status_code, 404)
        self.assertEqual(response.json()["error"]["code"], "unknown_source")

    def test_other_methods_are_405(self):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            response = self.url_open(
                f"/hub/v1/events/{self.source.code}", method=method, data=b"{}"
            )
            self._assert_refused(response, 405, "method_not_allowed")
            self.assertEqual(response.headers["Allow"], "POST")

    def test_other_content_types_are_415(self):
        for content_type in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/json; charset=utf-16",
        ):
            self._assert_refused(
                self._post(self._event(), content_type=content_type),
                415,
                "unsupported_type",
            )

    def test_a_body_over_the_limit_is_413(self):
        self.source.max_body_bytes = 1000
        self._assert_refused(self._post(b"x" * 1001), 413, "too_large", "1000 bytes")
        self._assert_refused(self._post(b"x" * 1000), 400, "bad_json")
        self._assert_refused(self._post(b"x" * 3_000_000), 413, "too_large")

    def test_413_comes_before_415_and_401(self):
        self.source.max_body_bytes = 10
        self._assert_refused(
            self._post(
                b"x" * 11,
                content_type="text/plain",
                headers={"webhook-signature": None},
            ),
            413,
            "too_large",
        )

    def test_chunked_bodies_have_the_same_limit(self):
        self.source.max_body_bytes = 100_000
        event = self._event(data={"text": "x" * 50_000})
        body = json.dumps(event).encode()
        for raw, chunk in ((body, 7000), (body, len(body))):
            response = self._post_chunked(raw, chunk)
            self.assertIn(response.status_code, (200, 202), response.text)
        for size in (100_001, 5_000_000):
            self._assert_refused(
                self._post_chunked(b"x" * size, 65536), 413, "too_large"
            )

    def _post_chunked(self, body, size):
        headers = self._headers(body, message_id="msg_chunked")
        chunks = (body[i : i + size] for i in range(0, len(body), size))
        return self.url_open(
            f"/hub/v1/events/{self.source.code}",
            data=chunks,
            headers=headers,
            method="POST",
            timeout=60,
        )

    def test_malformed_json_names_line_and_column(self):
        self._assert_refused(self._post(b'{"a": }'), 400, "bad_json", "line 1 column 7")
        self._assert_refused(self._post(b""), 400, "bad_json", "line 1 column 1")
        self._assert_refused(self._post(b"\xff"), 400, "bad_json", "UTF-8")

    def test_a_bad_envelope_names_the_place(self):
        self._assert_refused(self._post({}), 400, "bad_envelope", "$.specversion")
        self._assert_refused(
            self._post(self._event(time="soon")), 400, "bad_envelope", "$.time"
        )
        self._assert_refused(
            self._post(self._event(data={"a": ["\0"]})),
            400,
            "bad_envelope",
            "$.data.a[0]",
        )

    def test_attributes_in_headers_need_permission(self):
        headers = {
            "ce-specversion": "1.0",
            "ce-id": "1",
            "ce-source": "/s",
            "ce-type": "test.ping",
            "ce-subject": "T-001",
        }
        self._assert_refused(
            self._post(b'{"a": 1}', headers=headers),
            400,
            "bad_envelope",
            "ce-specversion",
        )
        self.source.allow_binary = True
        self.assertEqual(self._post(b'{"a": 1}', headers=headers).status_code, 202)
        self._process()
        self.assertEqual(self._events(self._messages()).attributes, {"a": 1})

    # --------------------------------------------------------------------- rate

    def test_over_the_rate_is_429_with_retry_after(self):
        self.source.write({"rate_per_second": 1, "rate_burst": 3})
        codes = [self._post(self._event()).status_code for _ in range(5)]
        self.assertEqual(codes[:3], [202, 202, 202])
        self.assertIn(429, codes)
        refused = self._post(self._event())
        self._assert_refused(refused, 429, "rate_limited")
        self.assertGreaterEqual(int(refused.headers["Retry-After"]), 1)

    def test_refused_signatures_are_limited_and_never_block_a_signed_message(self):
        with (
            patch("odoo.addons.event_hub.const.REFUSED_RATE_BURST", 3),
            patch("odoo.addons.event_hub.const.REFUSED_RATE_PER_SECOND", 0.01),
        ):
            codes = [
                self._post(
                    self._event(), headers={"webhook-signature": "v1,x"}
                ).status_code
                for _ in range(5)
            ]
            self.assertEqual(codes, [401, 401, 401, 429, 429])
            self.assertEqual(self._post(self._event()).status_code, 202)
