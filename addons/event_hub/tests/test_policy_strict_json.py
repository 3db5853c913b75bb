import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import strict_json as sj


@pytest.mark.parametrize(
    "body,says",
    [
        (b'{"a": {"b": [1, %s]}}' % (b"1" * 5000), "$.a.b[1]: a number of 5000 digits"),
        (b'{"a": -%s}' % (b"9" * 100), "$.a: a number of 101 digits"),
        (b'{"a": 0.%s}' % (b"1" * 200), "$.a: a number of 202 digits"),
        (b"%s" % (b"1" * 101), "$: a number of 101 digits"),
        (b'[1, {"data": 1e999}]', "$[1].data: the number is too large"),
        (b'{"a": -1E+400}', "$.a: the number is too large"),
        (b'{"a": [NaN]}', "$.a[0]: NaN is not a JSON number"),
        (b'{"id": "1", "id": "2"}', "$: the key id is there twice"),
        (b'[{"a": {"b": 1, "c": 2, "b": 1}}]', "$[0].a: the key b is there twice"),
        (b'{"a\\u0000": 1, "a\\u0000": 2}', "$: the key a? is there twice"),
        (b"[" * 70 + b"]" * 70, None),  # left to check_storable, which counts levels
        (b"[\n" + b"[" * 100_000, "line 2 column 64: nested deeper than 64 levels"),
    ],
)
def test_what_is_not_taken_names_the_place(body, says):
    if says is None:
        with pytest.raises(sj.BadEnvelope, match="nested deeper"):
            sj.check_storable(sj.parse_json(body))
        return
    with pytest.raises(sj.BadJson) as caught:
        sj.parse_json(body)
    assert str(caught.value).startswith(says)


def test_a_place_is_short_however_long_its_keys_are():
    value = {"k" * 100_000: {"x": "\x00"}}
    with pytest.raises(sj.BadEnvelope) as caught:
        sj.check_storable(value)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "text", ["1e99", "1.5e+100", "1e-999", "9" * 100, "-0.0", "1E5"]
)
def test_usual_numbers_are_taken(text):
    assert sj.parse_json(text.encode()) == json.loads(text)


def test_long_runs_of_digits_in_text_are_no_numbers():
    assert sj.parse_json(b'{"a": "%s"}' % (b"1" * 6000)) == {"a": "1" * 6000}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda child: st.lists(child) | st.dictionaries(st.text(), child),
    max_leaves=20,
)


@settings(deadline=None)  # a busy machine is no failure
@given(JSON)
def test_what_json_writes_is_read_the_same(value):
    assert sj.parse_json(json.dumps(value).encode()) == value
