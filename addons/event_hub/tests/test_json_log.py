import io
import json
import logging
import sys
import uuid
from unittest.mock import patch

import psycopg2

from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.event_hub.tools import json_log, settings, trace

from .common import HubCommon

MARK = "Geheim-4711"  # stands in the payload only


class Lines:
    """Catches what the root logger writes, as JSON, at the level of a server in production."""

    LOGGERS = ("", "odoo", "odoo.addons.event_hub", "odoo.sql_db")

    def __enter__(self):
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(json_log.JsonFormatter())
        loggers = [logging.getLogger(name) for name in self.LOGGERS]
        self.levels = [(logger, logger.level) for logger in loggers]
        for logger in loggers:
            logger.setLevel(logging.INFO)
        logging.getLogger().addHandler(self.handler)
        return self

    def __exit__(self, *_error):
        logging.getLogger().removeHandler(self.handler)
        for logger, level in self.levels:
            logger.setLevel(level)

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]


def formatted(message, *args, name="odoo.addons.x", error=None):
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.INFO, __file__, 1, message, args, exc_info)
    return json.loads(json_log.JsonFormatter().format(record))


class TestJsonLog(BaseCase):
    def test_a_line_is_one_object_with_time_place_and_correlation(self):
        with trace.use(trace.Trace(correlation="a" * 32)):
            line = formatted("Message %s of %s", 7, "billing")
        self.assertEqual(line["message"], "Message 7 of billing")
        self.assertEqual(line["correlation"], "a" * 32)
        self.assertEqual((line["level"], line["logger"]), ("info", "odoo.addons.x"))
        self.assertTrue(line["ts"].endswith("Z"))
        self.assertNotIn("correlation", formatted("x"))

    def test_line_breaks_stay_inside_their_line(self):
        raw = json_log.JsonFormatter().format(
            logging.LogRecord("x", logging.INFO, "", 1, "a\nb", (), None)
        )
        self.assertNotIn("\n", raw)

    def test_secrets_are_blotted_out(self):
        for text in (
            "key whsec_TTBDZ2hxcjBSMTZ3QUhMdQ==",
            "Authorization: Bearer abcdef1234567890",
            "{'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='}",
            "stripe-signature: t=1,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd",
            "GET /x?access_token=abcdef1234567890&a=1",
            "password=hunter22 given",
            "api_key: 'f0d42d8570ace4f5'",
            "Cookie: session_id=abcdef1234567890",
        ):
            with self.subTest(text=text):
                message = formatted(text)["message"]
                self.assertIn("***", message)
                for secret in (
                    "TTBDZ",
                    "abcdef1234",
                    "g0hM9",
                    "5257a869",
                    "hunter",
                    "f0d42",
                ):
                    self.assertNotIn(secret, message)

    def test_ordinary_words_stay(self):
        text = "Message msg_1 of source billing failed (try 2), v1 of the secret policy"
        self.assertEqual(formatted(text)["message"], text)

    def test_an_exception_is_told_by_kind_and_place_not_by_its_words(self):
        try:
            raise ValueError(f"cannot read {MARK}")
        except ValueError as error:
            line = formatted("It failed: %s", error, error=error)
        self.assertEqual(line["message"], "It failed: ValueError")
        self.assertEqual(line["error"], "ValueError")
        self.assertIn("test_an_exception", line["stack"][-1])
        self.assertNotIn(MARK, json.dumps(line))

    def test_queries_lose_their_values(self):
        line = formatted(
            f"bad query: INSERT INTO m (id, body) VALUES (1, '{{O''{MARK}}}')",
            name="odoo.sql_db",
        )
        self.assertEqual(
            line["message"], "bad query: INSERT INTO m (id, body) VALUES (1, ?)"
        )

    def test_a_wrong_format_string_loses_no_line(self):
        self.assertEqual(formatted("%s and %s", 1)["message"], "%s and %s")

    def test_it_is_installed_only_when_odoo_conf_asks_for_it(self):
        root = logging.getLogger()
        handler = logging.StreamHandler(io.StringIO())
        self.patch(root, "handlers", [handler])
        with patch.object(settings, "_section", lambda: {}):
            self.assertFalse(json_log.install())
        self.assertNotIsInstance(handler.formatter, json_log.JsonFormatter)
        with patch.object(settings, "_section", lambda: {"log_format": "JSON"}):
            self.assertTrue(json_log.install())
        self.assertIsInstance(handler.formatter, json_log.JsonFormatter)
        with patch.object(sys, "stderr", io.StringIO()):
            root.handlers[0].format(logging.LogRecord("x", 20, "", 1, "y", (), None))


@tagged("post_install", "-at_install")
class TestJsonLogOfTheHub(HubCommon, HttpCase):
    """What the hub itself writes while it takes, refuses and fails on a message."""

    def _check(self, log):
        for line in log.lines:
            self.assertNotIn(MARK, json.dumps(line), line["logger"])
            self.assertNotIn(self.secret, json.dumps(line))

    def test_neither_payload_nor_secret_reaches_the_log(self):
        event = self._payment(f"INV-{MARK}", note=MARK)
        with Lines() as log, mute_logger("odoo.http"):
            self.assertEqual(self._post(event).status_code, 202)
            self.assertEqual(self._post({"a": MARK}).status_code, 400)
            forged = {"webhook-signature": f"v1,{MARK}{'A' * 30}"}
            self.assertEqual(self._post(event, headers=forged).status_code, 401)
            handler = type(self.env["test_event_hub.invoice"])

            def fail(model, events):
                raise ValueError(f"cannot use {events.attributes}")

            with patch.object(handler, "_hub_on_payment_failed", fail):
                self._process()
        self.assertIn("ValueError", log.text)
        self._check(log)

    def test_a_query_that_fails_tells_no_body(self):
        with Lines() as log, self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "INSERT INTO event_hub_message (source_id, body) VALUES (%s, %s)",
                    [0, json.dumps({"note": MARK})],
                )
        self.assertIn("bad query", log.text)
        self._check(log)

    def test_the_door_tells_each_answer_with_its_correlation(self):
        correlation = uuid.uuid4().hex
        with patch.object(settings, "_section", lambda: {"log_format": "json"}):
            with Lines() as log:
                self._post(self._event(correlationid=correlation))
                self._post(b"{}", headers={"webhook-signature": "v1,x"})
        door = [line for line in log.lines if line["logger"].endswith("door_log")]
        self.assertEqual(
            [line["answer"] for line in door], ["accepted", "bad_signature"]
        )
        self.assertEqual(door[0]["correlation"], correlation)
        self.assertEqual(door[0]["source"], self.source.code)
        self.assertIsInstance(door[0]["ms"], int)
