"""Check what an engine answered before anybody sees it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry

from odoo.addons.event_hub.policies.schema_validator import (
    SchemaValidator,
    pattern_problem,
)

MAX_OUTPUT_BYTES = (
    64 * 1024
)  # a suggestion is read by a person; more than this is not one
MAX_PROBLEMS = 5  # enough to mend a prompt; a broken output can have thousands
MAX_DEPTH = 20  # levels of nesting; keeps the walk and every viewer safe


class Citation(NamedTuple):
    """A record that an output names as the ground of a statement."""

    model: str
    id: int


def _validator(schema: Mapping[str, Any]) -> SchemaValidator:
    # An empty registry: a "$ref" to an address must never make the server fetch it.
    return SchemaValidator(dict(schema), registry=Registry())


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def schema_problem(schema: object) -> str | None:
    """:return: why ``schema`` cannot describe an output, None if it can

    An output is a JSON object, and references stay inside the schema.
    """
    if not isinstance(schema, Mapping):
        return "it must be a JSON object"
    if schema.get("type") != "object":
        return 'its "type" must be "object"'
    try:
        SchemaValidator.check_schema(dict(schema))
    except SchemaError as error:
        return f"{error.json_path}: {error.message[:200]}"
    outside = next(
        (ref for ref in _references(schema) if not ref.startswith("#")), None
    )
    if outside:
        return f'"$ref" {outside[:200]!r} points outside the schema'
    problem: str | None = pattern_problem(schema)
    return problem


def _too_deep(node: Any, left: int = MAX_DEPTH) -> bool:
    children: Iterable[Any] = ()
    if isinstance(node, Mapping):
        children = node.values()
    elif isinstance(node, list):
        children = node
    return left == 0 or any(_too_deep(child, left - 1) for child in children)


def _sentence(error: ValidationError) -> str:
    return f"{error.json_path}: {error.message[:200]}"


def output_problems(output: object, schema: Mapping[str, Any]) -> list[str]:
    """:return: what is wrong with ``output``, each with its JSON path, at most ``MAX_PROBLEMS``; empty if valid"""
    if not isinstance(output, dict):
        return ["$: the output must be a JSON object"]
    if _too_deep(output):
        return [f"$: nested deeper than {MAX_DEPTH} levels"]
    try:
        size = len(json.dumps(output, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        return [f"$: not JSON: {error}"]
    if size > MAX_OUTPUT_BYTES:
        return [f"$: {size} bytes, more than {MAX_OUTPUT_BYTES}"]
    errors = sorted(
        _validator(schema).iter_errors(output), key=lambda error: error.json_path
    )
    return [_sentence(error) for error in errors[:MAX_PROBLEMS]]


def _is_citation(node: Any) -> bool:
    return (
        isinstance(node, Mapping)
        and isinstance(node.get("model"), str)
        and isinstance(node.get("id"), int)
        and not isinstance(node.get("id"), bool)
    )


def citations_of(output: Any) -> list[Citation]:
    """Collect the records an output rests on: every object, at any depth, with a ``model`` and an ``id``.

    :return: without repeats, in order of appearance
    """
    found: dict[Citation, None] = {}
    stack = [output]
    while stack:
        node = stack.pop()
        if _is_citation(node):
            found[Citation(node["model"], node["id"])] = None
        if isinstance(node, Mapping):
            stack.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            stack.extend(reversed(node))
    return list(found)
