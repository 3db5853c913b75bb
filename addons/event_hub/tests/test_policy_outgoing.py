"""The wire form of a delivery, checked against the specifications by independent code."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

import pytest

from odoo.addons.event_hub.policies import outgoing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = outgoing.OutgoingEvent(
    id="42",
    source="urn:odoo:db",
    type="approval.executed",
    time=datetime(2026, 11, 21, 12, 0, 0, 5),
    subject="ACC-001",
    correlation="a" * 32,
    case={"type": "approval", "model": "approval_engine.request", "id": 7},
    attributes={"amount": 12.5, "note": "Grüße"},
)


def test_the_body_is_a_cloudevent_in_structured_mode():
    assert json.loads(outgoing.body(EVENT)) == {
        "specversion": "1.0",
        "id": "42",
        "source": "urn:odoo:db",
        "type": "approval.executed",
        "subject": "ACC-001",
        "time": "2026-11-21T12:00:00.000005Z",
        "datacontenttype": "application/json",
        "correlationid": "a" * 32,
        "traceparent": outgoing.traceparent("a" * 32, "event/42", 0),
        "data": {
            "amount": 12.5,
            "note": "Grüße",
            "case": {"type": "approval", "model": "approval_engine.request", "id": 7},
        },
    }


def test_the_same_event_gives_the_same_bytes():
    assert outgoing.body(EVENT) == outgoing.body(EVENT)


def test_attributes_without_value_are_left_out():
    body = json.loads(
        outgoing.body(outgoing.OutgoingEvent("1", "urn:x", "a.b", datetime(2026, 1, 1)))
    )
    assert "subject" not in body and "correlationid" not in body


def test_the_signature_equals_the_published_example_of_standard_webhooks():
    # Example of the specification's libraries: secret, id, timestamp, payload and signature.
    signature = outgoing.sign(
        [SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_live_secret_signs_once_newest_first():
    second = "whsec_" + base64.b64encode(b"another secret, 24 bytes").decode()
    first_signature, second_signature = outgoing.sign(
        [SECRET, second], "msg_1", 1, b"x"
    ).split(" ")
    expected = hmac.new(
        b"another secret, 24 bytes", b"msg_1.1.x", hashlib.sha256
    ).digest()
    assert first_signature == outgoing.sign([SECRET], "msg_1", 1, b"x")
    assert second_signature == "v1," + base64.b64encode(expected).decode()


def test_a_broken_secret_is_refused():
    with pytest.raises(ValueError, match="base64"):
        outgoing.sign(["whsec_not base64!"], "msg_1", 1, b"x")


def test_traceparent_names_the_story_and_one_span_for_each_try():
    first = outgoing.traceparent("ab" * 16, "msg_1", 1)
    version, trace, span, flags = first.split("-")
    assert (version, trace, flags) == ("00", "ab" * 16, "01")
    assert (
        len(span) == 16
        and span != outgoing.traceparent("ab" * 16, "msg_1", 2).split("-")[2]
    )


@pytest.mark.parametrize("correlation", ["", "x" * 32, "A" * 32, "0" * 32, "ab"])
def test_what_is_no_trace_id_sends_no_traceparent(correlation):
    assert outgoing.traceparent(correlation, "msg_1", 1) is None
    assert "traceparent" not in outgoing.headers(
        [SECRET], "msg_1", 1, b"", correlation, 1
    )
