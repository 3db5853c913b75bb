import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import adapters, signatures
from odoo.addons.event_hub.policies.adapters import base
from odoo.addons.event_hub.policies.cloudevents import MAX_LENGTH, BadEnvelope, BadJson

PAYLOADS = Path(__file__).parent / "payloads"
GOLDEN = sorted(
    path
    for path in PAYLOADS.glob("*/*.json")
    if not path.name.endswith((".events.json", ".headers.json"))
)
OWN = [code for code, adapter in adapters.ADAPTERS.items() if not adapter.mapped]


def beside(path, kind, default=None):
    other = path.with_name(path.name.removesuffix(".json") + f".{kind}.json")
    return json.loads(other.read_text()) if other.exists() else default


def as_json(item):
    if item.event is None:
        return {"error": item.error}
    told = {k: v for k, v in dataclasses.asdict(item.event).items() if v is not None}
    if "time" in told:
        told["time"] = told["time"].isoformat() + "Z"
    return told


def adapt(code, value, headers=()):
    headers = dict(headers)
    content_type = headers.pop("content-type", "application/json")
    return adapters.adapt(code, headers, content_type, json.dumps(value).encode())


@pytest.mark.parametrize(
    "path", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_vendors_event_is_read_as_written_beside_it(path):
    headers = beside(path, "headers", {})
    content_type = headers.get("content-type", "application/json")
    items = adapters.adapt(path.parent.name, headers, content_type, path.read_bytes())
    assert [as_json(item) for item in items] == beside(path, "events")


def test_every_adapter_has_golden_payloads():
    assert {path.parent.name for path in GOLDEN} == set(OWN)


@pytest.mark.parametrize("code", OWN)
def test_the_samples_of_an_adapter_are_events_we_have_a_type_for(code):
    for sample in adapters.ADAPTERS[code].samples.values():
        items = adapt(code, sample.body, sample.headers)
        assert items and all(item.event for item in items)
        assert not any(item.event.type.startswith(f"{code}.") for item in items)


def test_every_adapter_is_signed_in_a_way_we_know():
    assert {a.scheme for a in adapters.ADAPTERS.values()} <= set(signatures.SCHEMES)
    assert all(code == a.code for code, a in adapters.ADAPTERS.items())


# ------------------------------------------------------------------ choosing


@pytest.mark.parametrize(
    "headers,allowed,chosen",
    [
        ({"webhook-signature": "x"}, ["standard", "stripe"], "standard"),
        ({"webhook-signature": "x"}, ["mapping_standard"], "mapping_standard"),
        ({"x-hub-signature-256": "x"}, ["github"], "github"),
        ({"x-hub-signature-256": "x"}, ["mapping_hmac"], "mapping_hmac"),
        ({"authorization": "x"}, ["chargebee", "github"], "chargebee"),
        ({"authorization": "x", "x-signature": "y"}, ["freshdesk"], "freshdesk"),
        ({"authorization": "x"}, ["standard"], None),
        ({"authorization": "x"}, ["no such adapter"], None),
        ({}, OWN, None),
    ],
)
def test_the_signature_chooses_the_adapter_among_those_allowed(
    headers, allowed, chosen
):
    adapter = adapters.choose_adapter(headers, allowed)
    assert (adapter and adapter.code) == chosen


UNNAMED = signatures.Verdict("ok")


def identity(code, value, headers=(), verdict=UNNAMED):
    body = json.dumps(value).encode()
    return adapters.message_id(code, verdict, adapt(code, value, headers), body)


def test_a_message_is_known_by_its_signed_id_else_its_event_else_its_body():
    signed = signatures.Verdict("ok", message_id="msg_1")
    stripe = {"id": "evt_1", "type": "x", "data": {"object": {}}}
    chargebee = {"id": "ev_1", "event_type": "x", "content": {}}
    assert identity("stripe", stripe, verdict=signed) == "msg_1"
    assert identity("stripe", stripe) == "evt_1"
    assert identity("chargebee", chargebee).startswith("ev_1:")


def test_a_repetition_that_says_so_is_another_message_of_the_same_event():
    first = {"id": "ev_1", "event_type": "x", "content": {}, "webhook_status": "a"}
    again = {**first, "webhook_status": "b"}
    assert identity("chargebee", first) != identity("chargebee", again)
    assert identity("chargebee", first) == identity("chargebee", dict(first))
    told = [adapt("chargebee", value)[0].event.id for value in (first, again)]
    assert told == ["ev_1", "ev_1"]


def test_hubspot_tells_an_event_again_under_the_same_identity():
    event = {
        "eventId": 1,
        "subscriptionId": 2,
        "objectId": 3,
        "occurredAt": 1772445600123,
        "subscriptionType": "ticket.creation",
        "attemptNumber": 0,
    }
    again = {**event, "attemptNumber": 4}
    assert adapt("hubspot", [event])[0].id == adapt("hubspot", [again])[0].id


def test_a_recorded_github_request_under_a_new_delivery_id_is_the_same_event():
    body = {"action": "opened", "issue": {"number": 1}}
    headers = {"x-github-event": "issues", "x-github-delivery": "1"}
    first = adapt("github", body, headers)[0].event
    forged = adapt("github", body, {**headers, "x-github-delivery": "2"})[0].event
    assert first.id == forged.id
    assert adapt("github", {**body, "x": 1}, headers)[0].event.id != first.id


# ------------------------------------------------------------------ refusing


@pytest.mark.parametrize(
    "code,value,headers,place",
    [
        ("chargebee", [], {}, "$:"),
        ("chargebee", {"id": "e", "event_type": "x"}, {}, "$.content"),
        ("chargebee", {"event_type": "x", "content": {}}, {}, "$.id"),
        (
            "chargebee",
            {"id": "e", "event_type": "x", "content": {}, "occurred_at": "now"},
            {},
            "$.occurred_at",
        ),
        ("zendesk", {}, {}, "$.type"),
        ("zendesk", {"type": "x", "id": "1"}, {}, "$.detail"),
        ("zendesk", {"type": "x", "detail": {}}, {}, "$.id"),
        ("zendesk", {"type": "x", "detail": {}, "id": "1", "time": 5}, {}, "$.time"),
        ("freshdesk", {}, {}, "$.ticket_id"),
        ("freshdesk", {"freshdesk_webhook": 1}, {}, "$.freshdesk_webhook"),
        ("freshdesk", {"freshdesk_webhook": {}}, {}, "$.freshdesk_webhook.ticket_id"),
        ("hubspot", "x", {}, "$:"),
        ("segment", {"type": "track"}, {}, "$.messageId"),
        ("segment", {"type": "t", "messageId": "1", "timestamp": 1}, {}, "$.timestamp"),
        ("segment", {"type": "t" * 200, "messageId": "1"}, {}, "$.type"),
        ("github", {}, {}, "header x-github-event"),
        ("github", {}, {"x-github-event": "../x"}, "header x-github-event"),
        ("github", [], {"x-github-event": "push"}, "$:"),
        ("stripe", {"id": " ", "type": "x", "data": {"object": {}}}, {}, "$.id"),
        ("stripe", {"id": "\u0000", "type": "x", "data": {"object": {}}}, {}, "$.id"),
    ],
)
def test_what_is_no_event_of_a_vendor_names_the_place(code, value, headers, place):
    with pytest.raises(BadEnvelope) as caught:
        adapt(code, value, headers)
    assert str(caught.value).startswith(place)


def test_a_bad_event_of_hubspot_does_not_spoil_the_others():
    good = {"eventId": 1, "subscriptionType": "ticket.creation", "objectId": 3}
    items = adapt("hubspot", [good, 5, {**good, "objectId": "\u0000"}])
    assert [bool(item.event) for item in items] == [True, False, False]
    assert [item.error for item in items[1:]] == [
        "$[1]: must be a JSON object",
        "$[2].objectId: text holds the character U+0000",
    ]


@pytest.mark.parametrize("code", OWN)
@settings(deadline=None)  # a busy machine is no failure
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(code, body):
    try:
        adapters.adapt(code, {"x-github-event": "push"}, "application/json", body)
    except (BadJson, BadEnvelope) as error:
        assert str(error)


# Names that the adapters look at: values of every kind turn up in every place.
NAMES = sorted(
    {
        name
        for path in GOLDEN
        for name in json.dumps(json.loads(path.read_text())).split('"')
        if name.isidentifier()
    }
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", " ", "\x00", "x" * 400, "EUR", "2026-01-01T00:00:00Z"])
    | st.text(st.characters(), max_size=5)
)
JSON = st.recursive(
    LEAVES,
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), child, max_size=5)
    ),
    max_leaves=12,
)


def damaged(draw, value):
    """:return: ``value`` with one place of it replaced by anything"""
    if draw(st.integers(0, 4)) == 0:
        return draw(JSON)
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: damaged(draw, value[name])}
    if isinstance(value, list) and value:
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], damaged(draw, value[at]), *value[at + 1 :]]
    return draw(JSON)


@settings(deadline=None)  # a busy machine is no failure
@given(st.data(), st.sampled_from(GOLDEN))
def test_a_damaged_event_is_read_or_refused_and_fits_the_ledger(data, path):
    code = path.parent.name
    value = damaged(data.draw, json.loads(path.read_text()))
    headers = {"content-type": "application/json", **beside(path, "headers", {})}
    try:
        items = adapters.ADAPTERS[code].read(headers, value)
    except BadEnvelope as error:
        assert str(error).startswith(("$", "header"))
        return
    for item in items:
        assert bool(item.event) != bool(item.error)
        if item.event:
            json.dumps(item.event.data, allow_nan=False)
            for name in ("id", "source", "type"):
                assert 1 <= len(getattr(item.event, name)) <= MAX_LENGTH[name]
            assert len(item.event.subject or "") <= MAX_LENGTH["subject"]


# -------------------------------------------------------------------- pieces


@pytest.mark.parametrize(
    "value,per_second,expected",
    [
        (None, 1, None),
        (1772445600, 1, "2026-03-02T10:00:00"),
        (1772445600123, 1000, "2026-03-02T10:00:00.123000"),
        (0, 1, "1970-01-01T00:00:00"),
    ],
)
def test_seconds_and_milliseconds_are_utc(value, per_second, expected):
    moment = base.epoch(value, "$", per_second)
    assert (moment and moment.isoformat()) == expected


@pytest.mark.parametrize("value", [-1, True, 1.5, "1", 10**11, 10**400])
def test_what_is_no_time_is_refused(value):
    with pytest.raises(BadEnvelope, match="seconds since the epoch"):
        base.epoch(value, "$.at")


@pytest.mark.parametrize(
    "value,expected",
    [
        ("a", "a"),
        (7, "7"),
        ("", None),
        (" ", None),
        (True, None),
        (1.5, None),
        ({}, None),
    ],
)
def test_text_is_text_or_a_whole_number(value, expected):
    assert base.text(value) == expected


@pytest.mark.parametrize(
    "html,words",
    [
        ("It stops.", "It stops."),
        (
            "<p>It <b>stops</b>&nbsp;at 5 &lt; 6 %</p><p>Why?</p>",
            "It stops at 5 < 6 %\nWhy?",
        ),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<style>p {}</style><script>alert(1)</script>Hello", "Hello"),
        ("</script>Hello <3", "Hello <3"),
        ("<p> </p>", None),
        (None, None),
    ],
)
def test_words_are_taken_out_of_html(html, words):
    assert base.plain(html) == words
