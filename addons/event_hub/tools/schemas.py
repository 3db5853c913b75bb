"""JSON Schema 2020-12 with errors that name the place."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema_specifications import REGISTRY

MAX_ERRORS = 3
MAX_CHARS = 200  # of one error; a value it quotes may be long

Validator = Draft202012Validator


def compile_schema(schema: dict[str, Any] | None) -> Validator:
    """:param schema: None or empty accepts anything"""
    # A registry of its own: references to the network are never followed.
    return Draft202012Validator(
        schema or {}, format_checker=FormatChecker(), registry=REGISTRY
    )


def schema_problem(schema: Any) -> str | None:
    """:return: why ``schema`` is no schema, None if it is one"""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message}"
    return None


def data_problem(validator: Validator, data: Any) -> str | None:
    """:return: what is wrong with ``data`` and where, such as ``$.data.amount: …``; None if nothing is"""
    if not isinstance(data, dict):
        return "$.data: must be an object"
    errors = sorted(
        validator.iter_errors(data),
        key=lambda error: list(map(str, error.absolute_path)),
    )
    return "; ".join(_words(error) for error in errors[:MAX_ERRORS]) or None


def _words(error: ValidationError) -> str:
    place = "$.data" + error.json_path.removeprefix("$")
    return f"{place}: {error.message}"[:MAX_CHARS]
