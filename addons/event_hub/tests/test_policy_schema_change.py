import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from odoo.addons.event_hub.policies.schema_change import (
    breaches,
    may_take_over,
    next_major,
    version_in,
)


def thing(required=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        **({"required": list(required)} if required else {}),
    }


TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
HARMLESS = {
    "nothing changes": (thing(a=TEXT), thing(a=TEXT)),
    "no schema yet, still none": (None, {}),
    "a description": (thing(a=TEXT), thing(a={**TEXT, "description": "A"})),
    "a property without limits": (thing(a=TEXT), thing(a=TEXT, b={"title": "B"})),
    "a property where none was allowed": (
        {**thing(a=TEXT), "additionalProperties": False},
        {**thing(a=TEXT, b=NUMBER), "additionalProperties": False},
    ),
    "no longer required": (thing(["a"], a=TEXT), thing(a=TEXT)),
    "a wider type": (thing(a=WHOLE), thing(a=NUMBER)),
    "null is fine, too": (thing(a=TEXT), thing(a={"type": ["string", "null"]})),
    "more listed values": ({"enum": [1, 2]}, {"enum": [1, 2, 3]}),
    "listed values become a type": ({"enum": ["a", "b"]}, TEXT),
    "a wider bound": ({"minimum": 1, **NUMBER}, {"minimum": 0, **NUMBER}),
    "the bound itself is fine, too": ({"exclusiveMinimum": 0}, {"minimum": 0}),
    "a wider length": ({"maxLength": 5, **TEXT}, {"maxLength": 9, **TEXT}),
    "a bound on what cannot come": (TEXT, {**TEXT, "minimum": 3}),
    "opened": ({"additionalProperties": False}, {}),
    "more ways to fit": ({"anyOf": [TEXT]}, {"anyOf": [TEXT, NUMBER]}),
    "one way of many": (TEXT, {"anyOf": [NUMBER, TEXT]}),
    "items of a wider type": (
        {"type": "array", "items": WHOLE},
        {"type": "array", "items": NUMBER},
    ),
    "a multiple of a multiple": ({"multipleOf": 6}, {"multipleOf": 3}),
}
BREAKING = {
    "newly required": (thing(a=TEXT), thing(["a"], a=TEXT), "$.data.a"),
    "required further in": (
        thing(a=thing(b=TEXT)),
        thing(a=thing(["b"], b=TEXT)),
        "$.data.a.b",
    ),
    "another type": (thing(a=TEXT), thing(a=NUMBER), "$.data.a"),
    "a narrower type": (thing(a=NUMBER), thing(a=WHOLE), "$.data.a"),
    "null no longer": (
        thing(a={"type": ["string", "null"]}),
        thing(a=TEXT),
        "$.data.a",
    ),
    "a type where there was none": (thing(a={}), thing(a=TEXT), "$.data.a"),
    "a property of a type where any was accepted": (
        thing(a=TEXT),
        thing(a=TEXT, b=NUMBER),
        "$.data.b",
    ),
    "a value less": (thing(a={"enum": [1, 2]}), thing(a={"enum": [1]}), "$.data.a"),
    "1 is not true": (thing(a={"const": True}), thing(a={"const": 1}), "$.data.a"),
    "only listed values": (thing(a=TEXT), thing(a={"enum": ["x"]}), "$.data.a"),
    "a format": (thing(a=TEXT), thing(a={**TEXT, "format": "date"}), "$.data.a"),
    "a pattern": (thing(a=TEXT), thing(a={**TEXT, "pattern": "^x"}), "$.data.a"),
    "another pattern": ({"pattern": "^x"}, {"pattern": "^xy"}, "$.data"),
    "a higher minimum": ({"minimum": 1}, {"minimum": 2}, "$.data"),
    "the bound itself no longer": ({"minimum": 1}, {"exclusiveMinimum": 1}, "$.data"),
    "a lower maximum": ({"maximum": 9}, {"maximum": 8}, "$.data"),
    "shorter": ({"maxLength": 9}, {"maxLength": 8}, "$.data"),
    "a length at all": (TEXT, {**TEXT, "maxLength": 8}, "$.data"),
    "closed": (
        thing(a=TEXT),
        {**thing(a=TEXT), "additionalProperties": False},
        "$.data",
    ),
    "closed by a type": ({}, {"additionalProperties": TEXT}, "$.data"),
    "removed": (thing(a=TEXT, b=TEXT), thing(a=TEXT), "$.data.b"),
    "removed with all others": (thing(a=TEXT), {}, "$.data.a"),
    "refused altogether": (thing(a=TEXT), thing(a=False), "$.data.a"),
    "names of a pattern": ({}, {"patternProperties": {"^x": TEXT}}, "$.data[^x]"),
    "items of a type": (
        {"type": "array"},
        {"type": "array", "items": TEXT},
        "$.data[]",
    ),
    "unique": ({}, {"uniqueItems": True}, "$.data"),
    "a condition": ({}, {"if": thing(a=TEXT), "then": {"required": ["b"]}}, "$.data"),
    "exactly one": ({"anyOf": [TEXT, NUMBER]}, {"oneOf": [TEXT, WHOLE]}, "$.data"),
    "not this": ({}, {"not": TEXT}, "$.data"),
    "a reference": (TEXT, {"$ref": "#/$defs/a", "$defs": {"a": TEXT}}, "$.data"),
    "a word we do not know": ({}, {"unheardOf": 1}, "$.data"),
    "unevaluated": (
        thing(a=TEXT),
        {**thing(a=TEXT), "unevaluatedProperties": False},
        "$.data",
    ),
    "beside another": ({}, {"dependentRequired": {"a": ["b"]}}, "$.data.b"),
}


@pytest.mark.parametrize("old, new", HARMLESS.values(), ids=HARMLESS)
def test_what_accepts_as_much_is_harmless(old, new):
    assert breaches(old, new) == []


@pytest.mark.parametrize("old, new, path", BREAKING.values(), ids=BREAKING)
def test_what_may_refuse_is_breaking_and_says_where(old, new, path):
    found = breaches(old, new)
    assert path in [breach.path for breach in found]
    assert all(breach.why for breach in found)


def test_every_place_is_named_once():
    found = breaches(thing(a=TEXT, b=TEXT), thing(["a"], a=NUMBER, b=TEXT))
    assert [str(breach) for breach in found] == [
        "$.data.a: is required now",
        "$.data.a: string is no longer accepted",
    ]


@pytest.mark.parametrize(
    "old, new, broken, may",
    [
        ("1.0", "1.0", False, True),
        ("1.0", "1.0", True, False),
        ("1.0", "1.1", True, False),
        ("1.0", "1.1", False, True),
        ("1.9", "1.10", False, True),
        ("1.9", "2.0", True, True),
        ("1.9", "2", True, True),
        ("2.0", "1.9", False, False),
        ("2.0", "1.9", True, False),
        ("draft", "1", True, True),
    ],
)
def test_only_a_new_major_version_breaks(old, new, broken, may):
    assert may_take_over(old, new, broken) is may


def test_the_way_out_is_the_next_major_version():
    assert [next_major(v) for v in ("1.0", "1.12", "3")] == ["2.0", "2.0", "4.0"]


@pytest.mark.parametrize(
    "dataschema, version",
    [
        (None, None),
        ("https://example.com/schemas/payment/1.0", "1.0"),
        ("https://example.com/schemas/payment/1.0/", "1.0"),
        ("/schemas/2.1?x=/3#/4", "2.1"),
        ("https://example.com/payment.json", "payment.json"),
    ],
)
def test_the_version_is_the_last_part_of_the_dataschema(dataschema, version):
    assert version_in(dataschema) == version


# --------------------------------------------------- what was accepted stays accepted

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([0.5, 1.0, 2.5]),
    st.text("ab1", max_size=3),
)
NAMES = st.sampled_from(["a", "b", "c"])
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(NAMES, inner, max_size=3), st.lists(inner, max_size=3)
    ),
    max_leaves=5,
)
KINDS = st.sampled_from(
    ["string", "number", "integer", "boolean", "null", "array", "object"]
)
SMALL = st.integers(0, 4)


def _keywords(inner):
    some = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, max_size=3)
    return {
        "type": st.one_of(KINDS, st.lists(KINDS, min_size=1, max_size=3, unique=True)),
        "enum": st.lists(SCALARS, min_size=1, max_size=3),
        "const": SCALARS,
        **dict.fromkeys(
            ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], SMALL
        ),
        **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems"], SMALL),
        **dict.fromkeys(["minProperties", "maxProperties", "minContains"], SMALL),
        "multipleOf": st.sampled_from([1, 2, 4, 0.5]),
        "pattern": st.sampled_from(["a", "^a"]),
        "uniqueItems": st.booleans(),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=1)),
        "properties": named,
        "patternProperties": st.dictionaries(st.sampled_from(["a", "[bc]"]), inner),
        **dict.fromkeys(
            ["additionalProperties", "propertyNames", "items", "contains", "not"], inner
        ),
        **dict.fromkeys(["if", "then", "else", "unevaluatedProperties"], inner),
        **dict.fromkeys(["allOf", "anyOf", "oneOf", "prefixItems"], some),
    }


def _schemas(inner):
    keywords = _keywords(inner)
    return st.lists(st.sampled_from(sorted(keywords)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in names})
    )


SCHEMAS = st.recursive(
    st.one_of(st.booleans(), _schemas(st.booleans())), _schemas, max_leaves=4
)


@st.composite
def changes(draw):
    """:return: a schema and another, mostly the same one with some keywords changed"""
    old = draw(SCHEMAS)
    new = draw(SCHEMAS)
    if isinstance(old, dict) and isinstance(new, dict) and draw(st.integers(0, 3)):
        kept = {k: v for k, v in old.items() if draw(st.booleans())}
        new = {**kept, **new} if draw(st.booleans()) else {**new, **kept}
    return old, new


def _accepts(schema, data):
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(data)


@settings(max_examples=200, deadline=None)
@given(changes(), st.lists(DATA, min_size=5, max_size=15))
def test_data_accepted_before_is_accepted_after_a_harmless_change(change, samples):
    old, new = change
    if breaches(old, new):
        return
    for data in samples:
        assert not _accepts(old, data) or _accepts(new, data), (old, new, data)


@given(SCHEMAS)
def test_a_schema_is_no_change_of_itself(schema):
    assert breaches(schema, schema) == []
