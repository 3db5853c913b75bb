from datetime import datetime

import pytest

from odoo.addons.event_hub.policies import timeline


def test_no_filter_asks_for_everything():
    assert (
        timeline.parse_filters(None) == timeline.parse_filters({}) == timeline.Filters()
    )


def test_filters_are_read_as_values():
    filters = timeline.parse_filters(
        {
            "kinds": ["billing"],
            "types": ["a.b"],
            "search": "  Paid ",
            "from": "2026-03-01T01:00:00+01:00",
            "to": "2026-03-02T00:00:00Z",
            "story": True,
        }
    )
    assert filters == timeline.Filters(
        ("billing",),
        ("a.b",),
        "Paid",
        datetime(2026, 3, 1),
        datetime(2026, 3, 2),
        True,
    )


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ([], "filters"),
        ("billing", "filters"),
        ({"kind": ["x"]}, "kind"),
        ({"kinds": "billing"}, "kinds"),
        ({"kinds": [1]}, "kinds"),
        ({"types": {"a": 1}}, "types"),
        ({"search": 3}, "search"),
        ({"from": "yesterday"}, "from"),
        ({"from": 3}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"to": "0001-01-01T00:00:00+14:00"}, "to"),
        ({"story": "yes"}, "story"),
    ],
)
def test_what_cannot_be_used_is_named(raw, key):
    with pytest.raises(timeline.BadFilter) as caught:
        timeline.parse_filters(raw)
    assert caught.value.key == key


def test_a_mark_reads_as_it_was_written():
    mark = timeline.Mark(datetime(2026, 3, 1, 10, 0, 0, 123456), 17)
    assert str(mark) == "2026-03-01T10:00:00.123456Z/17"
    assert timeline.parse_mark(str(mark)) == mark
    assert timeline.parse_mark(None) is timeline.parse_mark(False) is None


@pytest.mark.parametrize(
    "raw", ["x", 3, "2026-03-01", "2026-03-01/x", "/1", "2026-03-01/" + "9" * 30, ["a"]]
)
def test_a_mark_of_another_kind_is_refused(raw):
    with pytest.raises(timeline.BadFilter):
        timeline.parse_mark(raw)


@pytest.mark.parametrize(("raw", "expected"), [(1, 1), (40, 40), (10**9, 200)])
def test_a_limit_is_bounded(raw, expected):
    assert timeline.parse_limit(raw) == expected


@pytest.mark.parametrize("raw", [0, -1, True, "5", None, 1.5])
def test_a_limit_that_is_none_is_refused(raw):
    with pytest.raises(timeline.BadFilter):
        timeline.parse_limit(raw)


def test_details_are_few_short_and_plain():
    found = timeline.details(
        {
            "invoice_number": "INV-1",
            "nested": {"a": 1},
            "flag": True,
            "empty": "",
            "amount": 1500.0,
            "text": "x" * 500,
            "more": 1,
            "most": 2,
        }
    )
    assert [name for name, _ in found] == ["Invoice number", "Amount", "Text", "More"]
    assert len(dict(found)["Text"]) == timeline.MAX_DETAIL
    assert dict(found)["Amount"] == "1500"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("mrr", 12.5, ("MRR", "12.5")),
        ("decline_code", "insufficient_funds", ("Decline code", "insufficient funds")),
        ("external_id", "sub_A_1", ("External ID", "sub_A_1")),
        ("state", "past_due", ("State", "past due")),
        ("email", "a_b@example.com", ("Email", "a_b@example.com")),
        ("_", "x", ("", "x")),
    ],
)
def test_details_are_named_and_worded_as_people_write_them(name, value, told):
    assert timeline.details({name: value}) == [told]
