from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import adapters
from odoo.addons.event_hub.policies import cloudevents as ce

EVENT = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/billing",
    "type": "billing.payment_failed",
    "data": {"a": 1},
}


def changed(**values):
    return {k: v for k, v in {**EVENT, **values}.items() if v is not ...}


@pytest.mark.parametrize(
    "body,place",
    [
        (b"", "line 1 column 1"),
        (b'{"a": }', "line 1 column 7"),
        (b'{"a": 1,\n "b" 2}', "line 2 column 6"),
        (b"{'a': 1}", "line 1 column 2"),
        (b'{"a": 1} x', "line 1 column 10"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": "\xff"}', "byte 8"),
        (b"\xef\xbb\xbf{}", "line 1 column 1"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a": ' + b"1" * 5000 + b"}", "digits"),
    ],
)
def test_bad_json_names_the_place(body, place):
    with pytest.raises(ce.BadJson, match=place):
        ce.parse_json(body)


@pytest.mark.parametrize(
    "value,place",
    [
        ([], "$: "),
        (1, "$: "),
        (None, "$: "),
        (changed(specversion=...), "$.specversion"),
        (changed(specversion="0.3"), "$.specversion"),
        (changed(specversion=1.0), "$.specversion"),
        (changed(id=...), "$.id"),
        (changed(id=""), "$.id"),
        (changed(id=" "), "$.id"),
        (changed(id=7), "$.id"),
        (changed(id="x" * 257), "$.id"),
        (changed(source=...), "$.source"),
        (changed(source={}), "$.source"),
        (changed(type=None), "$.type"),
        (changed(type="x" * 129), "$.type"),
        (changed(subject=5), "$.subject"),
        (changed(subject=""), "$.subject"),
        (changed(time="yesterday"), "$.time"),
        (changed(time="2026-02-30T00:00:00Z"), "$.time"),
        (changed(time="2026-02-03T00:00:00"), "$.time"),
        (changed(time="0001-01-01T00:00:00+23:00"), "$.time"),
        (changed(time=1700000000), "$.time"),
        (changed(correlationid=1), "$.correlationid"),
        (changed(data_base64="e30="), "$.data_base64"),
        (changed(data=..., data_base64="%%%"), "$.data_base64"),
    ],
)
def test_a_bad_envelope_names_the_place(value, place):
    with pytest.raises(ce.BadEnvelope) as caught:
        ce.parse_structured(value)
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    "text,expected",
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30)),
        ("2026-03-01t09:30:00z", datetime(2026, 3, 1, 9, 30)),
        ("2026-03-01T09:30:00+02:00", datetime(2026, 3, 1, 7, 30)),
        ("2026-03-01T09:30:00-05:30", datetime(2026, 3, 1, 15, 0)),
        ("2026-03-01T09:30:00.123456789Z", datetime(2026, 3, 1, 9, 30, 0, 123456)),
        ("2026-03-01T09:30:00.5Z", datetime(2026, 3, 1, 9, 30, 0, 500000)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_times_are_read_as_utc_with_microseconds(text, expected):
    assert ce.parse_structured(changed(time=text)).time == expected


def test_an_event_is_read_whole():
    event = ce.parse_structured(
        changed(subject="ACC-001", correlationid="c", extension="kept out")
    )
    assert event == ce.CloudEvent(
        id="e1",
        source="/billing",
        type="billing.payment_failed",
        subject="ACC-001",
        data={"a": 1},
        correlationid="c",
    )


def test_data_may_be_missing_or_base64():
    assert ce.parse_structured(changed(data=...)).data == {}
    assert ce.parse_structured(changed(data=..., data_base64="eyJhIjogMn0=")).data == {
        "a": 2
    }


@pytest.mark.parametrize(
    "value,place",
    [
        ({"data": {"amount": 1e999}}, "$.data.amount"),
        ({"data": {"a": ["x", "\x00"]}}, "$.data.a[1]"),
        ({"data": {"a\x00": 1}}, "$.data"),
        ({"data": "\ud800"}, "$.data"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_place(value, place):
    with pytest.raises(ce.BadEnvelope) as caught:
        ce.check_storable(value)
    assert str(caught.value).startswith(place + ":")


def test_depth_has_a_limit():
    def nest(levels):
        value = 1
        for _ in range(levels):
            value = [value]
        return value

    ce.check_storable(nest(ce.MAX_DEPTH - 1))
    with pytest.raises(ce.BadEnvelope, match="nested deeper"):
        ce.check_storable(nest(ce.MAX_DEPTH))


def test_a_bad_batch_item_does_not_spoil_the_others():
    items = ce.parse_batch([EVENT, changed(id="e2", type=...), 5, changed(id="e3")])
    assert [(i.id, i.error) for i in items] == [
        ("e1", None),
        ("e2", "$[1].type: must be text and not empty"),
        (None, "$[2]: an event is a JSON object"),
        ("e3", None),
    ]


def test_a_batch_is_an_array():
    with pytest.raises(ce.BadEnvelope, match="array"):
        ce.parse_batch(EVENT)


def test_binary_mode_reads_headers():
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "1",
        "ce-source": "/a%20b",
        "ce-type": "x.y",
        "ce-subject": "ACC-1",
    }
    event = ce.parse_binary(headers, {"a": 1})
    assert (event.source, event.subject, event.data) == ("/a b", "ACC-1", {"a": 1})
    with pytest.raises(ce.BadEnvelope, match="header ce-id: must be"):
        ce.parse_binary({**headers, "ce-id": ""}, {})


@pytest.mark.parametrize(
    "content_type,kind",
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=UTF-8", "application/json"),
        (
            'application/cloudevents+json; charset="utf-8"',
            "application/cloudevents+json",
        ),
        ("application/cloudevents-batch+json", "application/cloudevents-batch+json"),
        ("application/json; charset=latin-1", None),
        ("application/x-www-form-urlencoded", None),
        ("text/plain", None),
        ("", None),
        (None, None),
    ],
)
def test_the_door_knows_three_content_types(content_type, kind):
    assert adapters.media_type(content_type) == kind


def test_a_batch_item_that_cannot_be_stored_is_rejected_alone():
    body = (
        b'[{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"x":"\\u0000"}},'
        b'{"specversion":"1.0","id":"2","source":"s","type":"t"}]'
    )
    items = adapters.adapt("standard", {}, ce.BATCH, body)
    assert [(i.id, bool(i.event)) for i in items] == [("1", False), ("2", True)]
    assert items[0].error == "$[0].data.x: text holds the character U+0000"


@given(
    st.binary(max_size=200),
    st.sampled_from(["standard", "stripe"]),
    st.sampled_from(adapters.CONTENT_TYPES),
)
def test_any_bytes_are_read_or_refused(body, scheme, content_type):
    try:
        adapters.adapt(scheme, {}, content_type, body)
    except (ce.BadJson, ce.BadEnvelope) as error:
        assert str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "specversion",
                    "id",
                    "source",
                    "type",
                    "time",
                    "data",
                    "object",
                    "customer",
                    "a",
                ]
            ),
            child,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_is_read_or_refused(value):
    for parse in (ce.parse_structured, adapters.stripe.parse, ce.parse_batch):
        try:
            parse(value)
        except ce.BadEnvelope as error:
            assert str(error).startswith("$")
