"""JSON Schema 2020-12 with errors that name the place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema_specifications import REGISTRY
from referencing.exceptions import NoSuchAnchor, Unresolvable
from referencing.jsonschema import DRAFT202012

from ..policies.linear_regex import UnusablePattern
from ..policies.schema_validator import VALUES, SchemaValidator, pattern_problem

MAX_ERRORS = 3
MAX_NUMBER = 10**15  # beyond it a float no longer holds every thousandth
ENDLESS = "$: the schema refers to itself without end"
MAX_CHARS = 200  # of one error; a value it quotes may be long

Validator = SchemaValidator


def compile_schema(schema: dict[str, Any] | None) -> Validator:
    """:param schema: None or empty accepts anything"""
    # A registry of its own: references to the network are never followed.
    return SchemaValidator(
        schema or {}, format_checker=FormatChecker(), registry=REGISTRY
    )


def schema_problem(schema: Any) -> str | None:
    """:return: why ``schema`` is no schema, None if it is one"""
    try:
        SchemaValidator.check_schema(schema)
        bad = pattern_problem(schema)
        return f"$: {bad}"[:MAX_CHARS] if bad else _reference_problem(schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message}"
    except RecursionError:
        return "$: nested too deep"


def _reference_problem(schema: Any) -> str | None:
    """:return: what ``schema`` refers to and does not hold; references to the network are never followed"""
    resolver = REGISTRY.resolver_with_root(DRAFT202012.create_resource(schema))
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except (Unresolvable, NoSuchAnchor, ValueError):
            return f"$: there is no {reference[:MAX_CHARS]} in this schema"
    try:
        next(compile_schema(schema).iter_errors({}), None)
    except RecursionError:
        return ENDLESS
    return None


def _references(schema: Any) -> Iterator[str]:
    waiting = [schema]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            for name in ("$ref", "$dynamicRef"):
                if isinstance(found.get(name), str):
                    yield found[name]
            waiting += [part for name, part in found.items() if name not in VALUES]
        elif isinstance(found, list):
            waiting += found


def data_problem(validator: Validator, data: Any) -> str | None:
    """:return: what is wrong with ``data`` and where, such as ``$.data.amount: …``; None if nothing is"""
    if not isinstance(data, dict):
        return "$.data: must be an object"
    too_large = _too_large(data, "$.data")
    if too_large:
        return f"{too_large}: the number is too large"
    try:
        errors = sorted(
            validator.iter_errors(data),
            key=lambda error: list(map(str, error.absolute_path)),
        )
    except Unresolvable as error:
        return f"$.data: its schema refers to something that is not there: {error}"[
            :MAX_CHARS
        ]
    except UnusablePattern as error:
        return f"$.data: its schema has a pattern: {error}"[:MAX_CHARS]
    except RecursionError:
        return ENDLESS
    return "; ".join(_words(error) for error in errors[:MAX_ERRORS]) or None


def _too_large(value: Any, place: str) -> str | None:
    """:return: the place of the first number beyond ``MAX_NUMBER``"""
    if isinstance(value, dict):
        parts = ((f"{place}.{key}", part) for key, part in value.items())
    elif isinstance(value, list):
        parts = ((f"{place}[{i}]", part) for i, part in enumerate(value))
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return place if number and abs(value) > MAX_NUMBER else None
    return next(filter(None, (_too_large(part, where) for where, part in parts)), None)


def _words(error: ValidationError) -> str:
    place = "$.data" + error.json_path.removeprefix("$")
    return f"{place}: {error.message}"[:MAX_CHARS]
