"""Which arguments of a public method are of the kind it takes."""

import pytest

from odoo.addons.event_hub.policies import arguments as a

EVERYTHING = (
    None,
    False,
    True,
    5,
    0,
    -1,
    10**30,
    1.5,
    "",
    "x",
    [],
    ["x"],
    [1],
    [True],
    [[1]],
    {},
    {"a": 1},
)


@pytest.mark.parametrize(
    ("kind", "fitting"),
    [
        (a.ANY, list(EVERYTHING)),
        (a.TEXT, ["", "x"]),
        (a.MAYBE_TEXT, [None, False, "", "x"]),
        (a.one_of("x", "y"), ["x"]),
        (a.FLAG, [False, True]),
        (a.WHOLE, [5, 0]),
        (a.MAYBE_WHOLE, [None, False, 5, 0]),
        (a.id_of("m"), [5, 0, -1, 10**30]),  # whether it exists is another question
        (a.id_of("m", optional=True), [None, False, 5, 0, -1, 10**30]),
        (a.ids_of("m"), [[], [1]]),
        (a.OBJECT, [{}, {"a": 1}]),
        (a.MAYBE_OBJECT, [None, False, {}, {"a": 1}]),
        (a.MAYBE_TEXT_OR_OBJECT, [None, False, "", "x", {}, {"a": 1}]),
        (a.TEXTS, [[], ["x"]]),
    ],
)
def test_a_kind_takes_what_it_names_and_nothing_else(kind, fitting):
    taken = [value for value in EVERYTHING if a.fits(kind, value)]
    assert [(type(v), v) for v in taken] == [(type(v), v) for v in _sorted(fitting)]


def _sorted(values):
    order = [(type(v), v) for v in EVERYTHING]
    return sorted(values, key=lambda v: order.index((type(v), v)))


def test_only_ids_that_a_record_can_have_reach_the_database():
    assert a.storable_ids([-1, 0, 1, 2**31 - 1, 2**31, 10**30]) == [1, 2**31 - 1]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("plain", None),
        ("Grüße 😀", None),
        ({"a": [1, None, {"b": "x"}]}, None),
        ("\ud800", ""),
        ("a\x00b", ""),
        ({"vals": {"name": "\udfff"}}, "vals.name"),
        ({"ids": [1, "\ud83d"]}, "ids.1"),
        ({"vals": {"\ud800": 1}}, "vals"),
        ({"\x00": 1}, ""),
    ],
)
def test_text_that_cannot_be_kept_is_found_with_its_place(value, place):
    assert a.unusable_text(value) == place


def test_deep_nesting_is_walked_without_recursion():
    value = "\ud800"
    for _ in range(5000):
        value = [value]
    assert a.unusable_text(value) is not None


def test_a_value_is_shown_short_and_printable():
    assert a.shown(True) == "True"
    assert a.shown("\ud800") == "�"
    assert len(a.shown("x" * 500)) == 61
