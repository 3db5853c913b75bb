from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies.filters import (
    MOST_VALUES,
    AttributeFilter,
    Filters,
    Period,
    Throughput,
    parse_filters,
)
from odoo.addons.process_intelligence.policies.refusal import Refusal

DAY_END = datetime(2026, 1, 31, 23, 59, 59, 999999)

UNDERSTOOD = [
    ({}, Filters()),
    (None, Filters()),
    ({"has": None, "variants": [], "attributes": {}, "period": {}}, Filters()),
    ({"has": "Close"}, Filters(has=("Close",))),
    ({"has": ["a", "b"], "has_not": ["c"]}, Filters(has=("a", "b"), has_not=("c",))),
    ({"start": ["a"], "end": "b"}, Filters(start=("a",), end=("b",))),
    ({"follows": [["a", "b"]]}, Filters(follows=(("a", "b"),))),
    ({"not_follows": [("a", "a")]}, Filters(not_follows=(("a", "a"),))),
    ({"variants": [["a"], ["a", "b"]]}, Filters(variants=(("a",), ("a", "b")))),
    ({"throughput_s": [0, 3.5]}, Filters(throughput_s=Throughput(0, 3.5))),
    ({"throughput_s": [None, 60]}, Filters(throughput_s=Throughput(None, 60))),
    ({"throughput_s": [None, None]}, Filters()),
    (
        {"attributes": {"team": ["x", 1, 2.5, True]}},
        Filters(attributes=(AttributeFilter("team", ("x", "1", "2.5", "true")),)),
    ),
    (
        {"attributes": {"team": [None]}},
        Filters(attributes=(AttributeFilter("team", (), or_missing=True),)),
    ),
    (
        {"attributes": {"team": "x"}},
        Filters(attributes=(AttributeFilter("team", ("x",)),)),
    ),
    (
        {"period": {"mode": "started", "from": "2026-01-31"}},
        Filters(period=Period("started", datetime(2026, 1, 31), None)),
    ),
    (
        {"period": {"mode": "ended", "to": "2026-01-31"}},
        Filters(period=Period("ended", None, DAY_END)),
    ),
    (
        {
            "period": {
                "mode": "contained",
                "from": "2026-01-31T10:00:00+02:00",
                "to": "2026-01-31T10:00:00.5Z",
            }
        },
        Filters(
            period=Period(
                "contained",
                datetime(2026, 1, 31, 8),
                datetime(2026, 1, 31, 10, 0, 0, 500000),
            )
        ),
    ),
    (
        {"period": {"from": "2026-01-31", "to": ""}},
        Filters(period=Period("intersecting", datetime(2026, 1, 31), None)),
    ),
]

REFUSED = [
    ([], "filters_shape"),
    ("has", "filters_shape"),
    ({"hass": ["a"]}, "unknown_filter"),
    ({"Has": ["a"]}, "unknown_filter"),
    ({1: ["a"]}, "unknown_filter"),
    ({"period": {"mode": "during", "from": "2026-01-01"}}, "bad_period_mode"),
    ({"period": {"mode": ["x"], "from": "2026-01-01"}}, "bad_period_mode"),
    ({"period": {"since": "2026-01-01"}}, "unknown_filter"),
    ({"period": {"from": "yesterday"}}, "bad_filter"),
    ({"period": {"from": 20260101}}, "bad_filter"),
    ({"period": {"from": "2026-02-30"}}, "bad_filter"),
    ({"period": {"from": "2026-02-02", "to": "2026-02-01"}}, "bad_filter"),
    ({"period": "2026"}, "bad_filter"),
    ({"attributes": ["team"]}, "bad_filter"),
    ({"attributes": {"team": [{"a": 1}]}}, "bad_filter"),
    ({"attributes": {"team": [float("nan")]}}, "bad_filter"),
    ({"variants": ["a", "b"]}, "bad_filter"),
    ({"variants": [[]]}, "bad_filter"),
    ({"variants": [["a", 1]]}, "bad_filter"),
    ({"has": 5}, "bad_filter"),
    ({"has": ["a\x00"]}, "bad_filter"),
    ({"has": ["\ud800"]}, "bad_filter"),
    ({"attributes": {"a\x00": ["b"]}}, "bad_filter"),
    ({"attributes": {"\udfff": ["b"]}}, "bad_filter"),
    ({"throughput_s": [0, 10**400]}, "bad_filter"),
    ({"throughput_s": [float("nan"), 1]}, "bad_filter"),
    ({"has_not": {"a": 1}}, "bad_filter"),
    ({"follows": [["a", "b", "c"]]}, "bad_filter"),
    ({"follows": ["ab"]}, "bad_filter"),
    ({"follows": "ab"}, "bad_filter"),
    ({"throughput_s": [1]}, "bad_filter"),
    ({"throughput_s": [2, 1]}, "bad_filter"),
    ({"throughput_s": ["1", 2]}, "bad_filter"),
    ({"throughput_s": [True, 2]}, "bad_filter"),
    ({"throughput_s": [0, float("inf")]}, "bad_filter"),
    ({"start": [1]}, "bad_filter"),
]


@pytest.mark.parametrize(("raw", "expected"), UNDERSTOOD, ids=repr)
def test_filters_are_understood(raw, expected):
    assert parse_filters(raw) == expected


@pytest.mark.parametrize(("raw", "code"), REFUSED, ids=repr)
def test_filters_are_refused_with_a_code(raw, code):
    with pytest.raises(Refusal) as refused:
        parse_filters(raw)
    assert refused.value.code == code


def test_an_unknown_filter_is_named_with_those_that_exist():
    with pytest.raises(Refusal) as refused:
        parse_filters({"acitvity": ["a"]})
    assert refused.value.facts["key"] == "acitvity"
    assert "follows" in refused.value.facts["known"]


_text = st.text("ab1\x00é'%", max_size=5)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _text,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                *"ab",
                "period",
                "attributes",
                "variants",
                "has",
                "follows",
                "throughput_s",
                "start",
            ]
        ),
        _anything,
    )
)
def test_whatever_arrives_is_understood_or_refused(raw):
    try:
        assert isinstance(parse_filters(raw), Filters)
    except Refusal as refusal:
        assert refusal.code


def test_more_values_than_a_person_chooses_are_refused():
    most = [str(number) for number in range(MOST_VALUES)]
    assert parse_filters({"has": most}).has == tuple(most)
    for raw in (
        {"has": [*most, "one more"]},
        {"has": most, "end": ["one more"]},
        {"variants": [["a", "b"]] * (MOST_VALUES // 2 + 1)},
        {"attributes": {"team": [*most, "one more"]}},
        {"attributes": {name: [] for name in [*most, "one more"]}},
    ):
        with pytest.raises(Refusal) as refused:
            parse_filters(raw)
        assert refused.value.code == "too_many_choices"
        assert refused.value.facts["most"] == MOST_VALUES
