import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.ai_assist.policies import validation
from odoo.addons.ai_assist.policies.digest import canonical_json, input_digest
from odoo.addons.ai_assist.policies.present import readable
from odoo.addons.ai_assist.policies.validation import (
    Citation,
    citations_of,
    output_problems,
    schema_problem,
)

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["label"],
    "properties": {
        "label": {"enum": ["billing", "bug"]},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "why": {"type": "array", "items": {"type": "object"}},
    },
}
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)


def _nested(depth):
    node = {}
    for _level in range(depth):
        node = {"why": [node]}
    return node


@pytest.mark.parametrize(
    ("output", "place"),
    [
        ({"label": "refund"}, "$.label"),
        ({"score": 0.5}, "$"),
        ({"label": "bug", "score": 7}, "$.score"),
        ({"label": "bug", "act": "refund 7"}, "$"),
        ({"label": "bug", "why": ["text"]}, "$.why[0]"),
        ("approve refund 7", "$"),
        (None, "$"),
        ([], "$"),
        ({"label": "bug", "score": float("nan")}, "$"),
        ({"label": {1, 2}}, "$"),
        ({"label": "x" * validation.MAX_OUTPUT_BYTES}, "$"),
        (_nested(50), "$"),
    ],
)
def test_an_output_that_breaks_its_schema_is_refused_with_its_place(output, place):
    problems = output_problems(output, SCHEMA)
    assert problems
    assert problems[0].startswith(f"{place}: ")
    assert all(len(problem) < 400 for problem in problems)


@pytest.mark.parametrize(
    "output", [{"label": "bug"}, {"label": "billing", "score": 1, "why": [{}]}]
)
def test_an_output_that_obeys_its_schema_has_no_problem(output):
    assert output_problems(output, SCHEMA) == []


def test_a_thoroughly_broken_output_names_only_the_first_problems():
    output = {"label": "bug", "why": ["text"] * 100}
    assert len(output_problems(output, SCHEMA)) == validation.MAX_PROBLEMS


@given(JSON_VALUES)
def test_checking_never_fails_whatever_an_engine_answers(output):
    assert isinstance(output_problems(output, SCHEMA), list)
    assert isinstance(citations_of(output), list)
    assert isinstance(readable(output), str)


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        (SCHEMA, None),
        (
            {
                "type": "object",
                "$defs": {"a": {}},
                "properties": {"a": {"$ref": "#/$defs/a"}},
            },
            None,
        ),
        ([], "object"),
        (None, "object"),
        ({}, "type"),
        ({"type": "array"}, "type"),
        ({"type": "object", "properties": 3}, "properties"),
        (
            {
                "type": "object",
                "properties": {"a": {"$ref": "http://169.254.169.254/"}},
            },
            "outside",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"anyOf": [{"$ref": "file:///etc/passwd"}]}},
            },
            "outside",
        ),
    ],
)
def test_a_schema_is_usable_or_says_why_not(schema, word):
    problem = schema_problem(schema)
    assert (problem is None) if word is None else (word in problem)


@pytest.mark.parametrize(
    ("output", "citations"),
    [
        (None, []),
        ({}, []),
        ({"model": "a.b", "id": 1}, [("a.b", 1)]),
        (
            {
                "why": [
                    {"model": "a", "id": 2, "text": "x"},
                    {"deep": {"model": "a", "id": 1}},
                ]
            },
            [("a", 2), ("a", 1)],
        ),
        ([{"model": "a", "id": 1}, {"model": "a", "id": 1}], [("a", 1)]),
        ({"model": "a", "id": True}, []),
        ({"model": "a", "id": "1"}, []),
        ({"model": 5, "id": 1}, []),
        (
            {"model": "a", "id": 1, "inner": {"model": "b", "id": 2}},
            [("a", 1), ("b", 2)],
        ),
    ],
)
def test_citations_are_found_at_any_depth_once_and_in_order(output, citations):
    assert citations_of(output) == [Citation(*citation) for citation in citations]


def test_equal_facts_have_one_digest_whatever_their_order():
    one = input_digest(code="t", version=1, facts={"a": 1, "b": [1, 2]})
    assert one == input_digest(code="t", version=1, facts={"b": [1, 2], "a": 1})
    assert len(one) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"code": "u"},
        {"version": 2},
        {"facts": {"a": 2}},
        {"facts": {"a": "1"}},
        {"facts": {"a": 1, "b": None}},
    ],
)
def test_a_digest_changes_with_code_version_and_facts(change):
    base = {"code": "t", "version": 1, "facts": {"a": 1}}
    assert input_digest(**base) != input_digest(**{**base, **change})


def test_a_digest_refuses_what_has_no_content():
    with pytest.raises(TypeError):
        canonical_json({"a": object()})


@given(JSON_VALUES)
def test_canonical_json_reads_back_as_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (None, ""),
        ({}, ""),
        (
            {"sentences": [{"text": "One.", "model": "a", "id": 1}, {"text": "Two."}]},
            "• One.\n• Two.",
        ),
        (
            {"label": "bug", "score": 1, "sure": True, "by": None},
            "Label: bug\nScore: 1\nSure: yes\nBy: none",
        ),
        (
            {"label": "bug", "why": ["a", "b"]},
            "Label: bug\nWhy:\n• a\n• b".replace("•", "  •"),
        ),
        ({"text": "<b>x</b>"}, "<b>x</b>"),
    ],
)
def test_an_output_reads_as_plain_text(output, text):
    assert readable(output) == text
