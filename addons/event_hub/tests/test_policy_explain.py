import gzip
import json

import pytest

from odoo.addons.event_hub.policies import explain, signatures
from odoo.addons.event_hub.policies.signatures import github

NOW = 1_772_445_600
SECRET = "whsec_" + "a2V5" * 8
LIMITS = explain.Limits(max_body_bytes=1000)
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/x",
    "type": "identity.login",
    "subject": "ACC-001",
}
BODY = json.dumps(EVENT).encode()
ORDER = [
    "method",
    "size",
    "content_type",
    "signature_header",
    "signature",
    "freshness",
    "encoding",
    "json",
    "envelope",
]


def request(body=BODY, at=NOW, signed=None, method="POST", **headers):
    good = {
        "content-type": "application/cloudevents+json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signatures.sign_standard(
            "msg_1", at, body if signed is None else signed, SECRET
        ),
    }
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {k: v for k, v in {**good, **more}.items() if v is not None}
    return signatures.Request(method, "https://erp.example.com/hub", sent, body)


def checked(sent, allowed=("standard",), secrets=(SECRET,), limits=LIMITS):
    steps = explain.explain(sent, allowed, secrets, now=NOW, limits=limits)
    assert [step.check for step in steps] == ORDER
    assert all(step.detail for step in steps)
    return {step.check: step for step in steps}


def failed(steps):
    return {name for name, step in steps.items() if step.ok is False}


def test_a_good_request_passes_every_check():
    steps = checked(request())
    assert all(step.ok for step in steps.values())
    assert steps["envelope"].detail == "identity.login of ACC-001"


@pytest.mark.parametrize(
    "sent,check,says",
    [
        (request(method="GET"), "method", "POST, not GET"),
        (request(b'{"a": "%s"}' % (b"x" * 2000)), "size", "the source takes 1000"),
        (request(content_type="text/xml"), "content_type", "text/xml"),
        (request(content_type=None), "content_type", "There is none"),
        (
            request(webhook_signature=None),
            "signature_header",
            "webhook-signature (CloudEvents)",
        ),
        (
            request(signed=b"other"),
            "signature",
            "No signature in webhook-signature fits",
        ),
        (request(at=NOW - 301), "freshness", "301 s old"),
        (request(content_encoding="br"), "encoding", "only identity and gzip"),
        (request(content_encoding="gzip"), "encoding", "not gzip"),
        (request(b'{"a": }'), "json", "line 1 column 7"),
        (request(b"{}"), "envelope", "$.specversion"),
        (
            request(b"[]", content_type="application/cloudevents-batch+json"),
            "envelope",
            "empty",
        ),
        (
            request(b"{}", content_type="application/json", ce_specversion="1.0"),
            "envelope",
            "no attributes in headers",
        ),
    ],
)
def test_the_check_that_fails_says_why(sent, check, says):
    steps = checked(sent)
    assert check in failed(steps) and says in steps[check].detail


def test_one_fault_does_not_hide_the_next():
    steps = checked(request(b"{}", at=NOW - 999, signed=b"other", content_type="x"))
    assert failed(steps) == {"content_type", "signature", "envelope"}
    assert steps["freshness"].ok is None


@pytest.mark.parametrize(
    "signed,how",
    [
        (BODY.rstrip(), "without the line break at its end"),
        (BODY + b"\r\n", "with CRLF line breaks"),
    ],
)
def test_a_body_changed_by_pasting_is_recognised(signed, how):
    steps = checked(request(BODY + b"\n", signed=signed))
    assert steps["signature"].ok is False and how in steps["signature"].detail


def test_a_missing_secret_is_said():
    steps = checked(request(), secrets=())
    assert steps["signature"].detail == "The source has no secret yet."


def test_a_scheme_without_time_says_that_freshness_cannot_be_checked():
    headers = {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-hub-signature-256": github.sign(b"{}", SECRET),
    }
    steps = checked(signatures.Request("POST", "", headers, b"{}"), ["github"])
    assert steps["freshness"].ok and "Cannot be checked" in steps["freshness"].detail
    assert steps["envelope"].detail == "github.push of no account"


def test_a_compressed_request_is_signed_as_sent_and_read_decompressed():
    assert not failed(checked(request(gzip.compress(BODY), content_encoding="gzip")))


def test_nothing_tells_a_secret_or_a_signature_that_would_fit():
    sent = request(webhook_signature="v1,AAAA")
    good = request().headers["webhook-signature"]
    told = " ".join(step.detail for step in checked(sent).values())
    assert SECRET not in told and good[3:] not in told


def test_what_would_be_read_is_shown():
    items = explain.events(request(), ["standard"], LIMITS)
    assert [item.event.type for item in items] == ["identity.login"]
    assert explain.events(request(b"{"), ["standard"], LIMITS) == []
    assert explain.events(request(), ["stripe"], LIMITS) == []
