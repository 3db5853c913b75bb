"""JSON Schema 2020-12 whose patterns cannot hold the server.

The keywords that match patterns are those of the specification
(https://json-schema.org/draft/2020-12/json-schema-core#section-10.3.2), on `linear_regex`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from . import linear_regex

VALUES = frozenset({"const", "default", "enum", "examples"})  # hold data, no schema
Errors = Iterator[ValidationError]


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Errors:
    if isinstance(value, str) and not linear_regex.search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], value: Any, _schema: Any
) -> Errors:
    if not isinstance(value, dict):
        return
    for pattern, schema in patterns.items():
        for name in value:
            if linear_regex.search(pattern, name):
                yield from validator.descend(
                    value[name], schema, path=name, schema_path=pattern
                )


def _additional_properties(
    validator: Any, rest: Any, value: Any, schema: Mapping[str, Any]
) -> Errors:
    if not isinstance(value, dict):
        return
    others = [name for name in value if not _is_described(schema, name)]
    if rest is False and others:
        names = ", ".join(map(repr, sorted(others)))
        yield ValidationError(
            f"Additional properties are not allowed ({names} {'was' if len(others) == 1 else 'were'} unexpected)"
        )
    elif isinstance(rest, dict):
        for name in others:
            yield from validator.descend(value[name], rest, path=name)


def _is_described(schema: Mapping[str, Any], name: str) -> bool:
    return name in schema.get("properties", {}) or any(
        linear_regex.search(pattern, name)
        for pattern in schema.get("patternProperties", {})
    )


SchemaValidator = extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)


def pattern_problem(schema: Any) -> str | None:
    """:return: the first pattern of a schema that cannot be used, and why; None if all can"""
    waiting = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting += found
        if not isinstance(found, Mapping):
            continue
        problems = map(linear_regex.problem, _patterns(found))
        if bad := next(filter(None, problems), None):
            return bad
        if "unevaluatedProperties" in found and "patternProperties" in found:
            return "unevaluatedProperties beside patternProperties is not supported; use additionalProperties"
        waiting += [part for name, part in found.items() if name not in VALUES]
    return None


def _patterns(schema: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    if isinstance(schema.get("patternProperties"), Mapping):
        yield from schema["patternProperties"]
