"""Schemas that would only fail once data is judged by them are told when they are written."""

import pytest

from odoo.addons.event_hub.tools import schemas

A = {"$defs": {"a": {"type": "string"}}}
NODE = {"properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}
SOUND = (
    {**A, "properties": {"x": {"$ref": "#/$defs/a"}}},
    {"$defs": {"node": NODE}, "$ref": "#/$defs/node"},
    {"properties": {"inner": {"$ref": "#"}}},
    {"properties": {"x": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}},
    {
        "$id": "https://example.com/x",
        "$defs": {"q": {"$anchor": "z"}},
        "properties": {"a": {"$ref": "#z"}},
    },
    {"properties": {"$ref": {"type": "string"}}},
    {"properties": {"x": {"enum": [{"$ref": "#/nowhere"}]}}},
    True,
)
NOWHERE = (
    {"$ref": "http://127.0.0.1/schema"},
    {**A, "$ref": "#/$defs/b"},
    {"properties": {"x": {"items": {"$dynamicRef": "#x"}}}},
    {"$ref": "http://["},
)
ENDLESS = (
    {"$ref": "#"},
    {
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
        "$ref": "#/$defs/a",
    },
)


@pytest.mark.parametrize("schema", SOUND)
def test_a_sound_schema_may_refer_to_its_parts(schema):
    assert schemas.schema_problem(schema) is None


@pytest.mark.parametrize("schema", NOWHERE)
def test_a_reference_to_nowhere_is_no_schema_and_judges_without_an_error(schema):
    assert "there is no" in schemas.schema_problem(schema)
    told = schemas.data_problem(schemas.compile_schema(schema), {"x": [1]})
    assert "not there" in told


@pytest.mark.parametrize("schema", ENDLESS)
def test_a_schema_without_end_is_none_and_judges_without_an_error(schema):
    assert "without end" in schemas.schema_problem(schema)
    assert "without end" in schemas.data_problem(schemas.compile_schema(schema), {})
