import re
import time
import unittest

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from odoo.addons.event_hub.policies import linear_regex
from odoo.addons.event_hub.policies.schema_validator import (
    SchemaValidator,
    pattern_problem,
)

ENDLESS = ("^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*a){30}$", r"^(\w+\s?)*$")
TEXT = "a" * 5000 + "!"
QUICK = 2  # seconds for all of them; Python's own needs longer than anybody lives


class TestLinearRegex(unittest.TestCase):
    def test_no_pattern_holds_the_server(self):
        began = time.process_time()
        for pattern in ENDLESS:
            with self.subTest(pattern=pattern):
                linear_regex.search(pattern, TEXT)
        self.assertLess(time.process_time() - began, QUICK)

    def test_what_it_does_not_know_is_named(self):
        for pattern in ("(?=a)b", r"(a)\1", "[", "a{1,5000}", "\ud800"):
            with self.subTest(pattern=pattern):
                self.assertTrue(linear_regex.problem(pattern))
                with self.assertRaises(linear_regex.UnusablePattern):
                    linear_regex.search(pattern, "a")
        self.assertIsNone(linear_regex.problem("^a$"))

    def test_any_text_can_be_searched(self):
        self.assertTrue(linear_regex.search("^.$", "\ud800"))
        self.assertTrue(linear_regex.search("ü", "für"))

    @settings(max_examples=200, deadline=None)
    @given(
        st.sampled_from(["^a", "b$", "[0-9]{2}", "^(a|b)*$", "a.c", "^$", "x+y?"]),
        st.text("abcxy019.", max_size=12),
    )
    def test_it_finds_what_pythons_own_finds(self, pattern, text):
        expected = re.search(pattern, text) is not None
        self.assertEqual(linear_regex.search(pattern, text), expected)


SCHEMAS = (
    {"properties": {"a": {"pattern": "^x"}}},
    {"patternProperties": {"^a": {"type": "string"}}},
    {"properties": {"a": {}}, "additionalProperties": False},
    {"patternProperties": {"^a": {}}, "additionalProperties": False},
    {"patternProperties": {"^a": {}}, "additionalProperties": {"type": "integer"}},
    {"properties": {"b": {}}, "additionalProperties": {"pattern": "^x"}},
)


class TestSchemaValidator(unittest.TestCase):
    @settings(max_examples=300, deadline=None)
    @given(
        st.sampled_from(SCHEMAS),
        st.dictionaries(
            st.sampled_from(["a", "ab", "b", "c"]),
            st.one_of(st.integers(), st.sampled_from(["x", "yx"])),
            max_size=4,
        )
        | st.just("text"),
    )
    def test_it_judges_as_the_library_does(self, schema, data):
        ours = sorted(e.json_path for e in SchemaValidator(schema).iter_errors(data))
        theirs = Draft202012Validator(schema).iter_errors(data)
        self.assertEqual(ours, sorted(error.json_path for error in theirs))

    def test_the_first_pattern_that_cannot_be_used_is_told(self):
        deep = {"properties": {"a": {"items": {"pattern": "(?=a)"}}}}
        named = {"patternProperties": {"(?!a)": {}}}
        for schema in (deep, named):
            with self.subTest(schema=schema):
                self.assertIn("cannot be matched", pattern_problem(schema))
        self.assertIsNone(pattern_problem({"const": {"pattern": "(?=a)"}}))
        self.assertIn(
            "unevaluatedProperties",
            pattern_problem({"patternProperties": {}, "unevaluatedProperties": False}),
        )

    def test_a_value_that_would_hold_the_server_is_refused_at_once(self):
        began = time.process_time()
        for schema in ({"pattern": "^(a+)+$"}, {"not": {"pattern": "^(a+)+$"}}):
            list(SchemaValidator(schema).iter_errors(TEXT))
        odd = {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}
        self.assertTrue(list(SchemaValidator(odd).iter_errors({TEXT: 1})))
        self.assertLess(time.process_time() - began, QUICK)
