"""A map from any JSON to an event, written by an administrator in JMESPath.

Language: https://jmespath.org/specification.html, with a few functions of our own (``Functions``).
The sender writes the JSON, the administrator the expressions; neither may bring the reader down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

import jmespath
from jmespath import exceptions, functions

from . import bounded_search
from .adapters.base import amount, as_object, digest, epoch, text, vendor_event
from .cloudevents import BadEnvelope, CloudEvent, Item, check_storable, parse_time

MAX_EXPRESSION = 4000  # characters
MAX_SHOWN = 60  # characters of an expression in a sentence
MAX_GLUE = 1_000_000  # characters, between all parts of a text together
MAX_WHY = 200  # characters of what is wrong with it
UNMAPPED = "mapping.unmatched"  # type of what no mapping takes: set aside, replayed once one does
MILLISECONDS_FROM = 10**11  # as seconds this would be the year 5138

# What evaluating a sound expression can still raise: on data of a kind it was not written for.
_EVALUATION = (
    exceptions.JMESPathError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Mapping:
    """Expressions over the sender's JSON; an empty one says nothing.

    :param when: takes the request if it gives something true; empty: takes all
    :param type: our type; fixed text is in single quotes: ``'support.ticket_created'``
    :param id: of the event; empty: the same content is the same event
    :param subject: the account
    :param time: ISO 8601, or seconds or milliseconds since the epoch; empty: the time of receipt
    :param data: an object; empty: the whole JSON
    """

    type: str
    when: str = ""
    id: str = ""
    subject: str = ""
    time: str = ""
    data: str = ""


class Functions(functions.Functions):  # type: ignore[misc]
    """Ours beside the standard ones, for what vendors' data often needs."""

    @functions.signature({"types": ["number", "null"]}, {"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_amount(self, minor: Any, currency: Any) -> Any:
        """``amount(total, currency)``: minor units (cents) in major ones."""
        return amount(minor, currency)

    @functions.signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_lower(self, value: Any) -> Any:
        return value.lower() if value is not None else None

    @functions.signature({"types": ["string", "null"]})  # type: ignore[untyped-decorator]
    def _func_upper(self, value: Any) -> Any:
        return value.upper() if value is not None else None

    @functions.signature({"types": ["string"]}, {"types": ["array-string"]})  # type: ignore[untyped-decorator]
    def _func_join(self, glue: Any, parts: Any) -> Any:
        """As in the standard; both may come from the sender, and they multiply."""
        if len(glue) * len(parts) > MAX_GLUE:
            raise ValueError(f"join() takes at most {MAX_GLUE} characters of glue")
        return glue.join(parts)

    @functions.signature(  # type: ignore[untyped-decorator]
        {"types": ["string", "number", "null"]}, {"types": ["object"]}
    )
    def _func_lookup(self, value: Any, table: Any) -> Any:
        """``lookup(status, {"2": 'open', "5": 'closed'})``: the value of a key, null if there is none."""
        return table.get(value if isinstance(value, str) else str(value))


_OPTIONS = jmespath.Options(custom_functions=Functions())


# ------------------------------------------------------------------- writing


def check(expression: str) -> str | None:
    """:return: what is wrong with an expression and where, None if nothing is"""
    if len(expression) > MAX_EXPRESSION:
        return f"longer than {MAX_EXPRESSION} characters"
    if not expression.strip():
        return None
    try:
        _compiled(expression)
    except exceptions.IncompleteExpressionError:
        return _ends_early(expression)
    except exceptions.LexerError as error:
        return _misplaced(error.lexer_position, error.token_value)
    except exceptions.ParseError as error:
        if error.token_type == "EOF":
            return _ends_early(expression)
        return _misplaced(error.lex_position, error.token_value)
    except RecursionError:
        return "nested too deep"
    except (exceptions.JMESPathError, ValueError) as error:
        return str(error)
    return _call_problem(expression)


def _ends_early(expression: str) -> str:
    return f"column {len(expression) + 1}: the expression ends too early"


def _misplaced(position: int, token: Any) -> str:
    return f"column {position + 1}: {_shown(str(token))} cannot be here"


def problems(mapping: Mapping) -> dict[str, str]:
    """:return: ``{field: what is wrong}``"""
    found = {
        field.name: problem
        for field in fields(mapping)
        if (problem := check(getattr(mapping, field.name)))
    }
    if not mapping.type.strip():
        found["type"] = (
            "needed; fixed text is in single quotes: 'support.ticket_created'"
        )
    return found


def _call_problem(expression: str) -> str | None:
    """JMESPath looks functions up when it calls them; we do before anything is saved."""
    table = Functions.FUNCTION_TABLE
    todo = [_compiled(expression).parsed]
    while todo:
        node = todo.pop()
        if node["type"] == "function_expression":
            name, given = node["value"], len(node["children"])
            if name not in table:
                return f"{_place_of(expression, name)}: there is no function {_shown(name)}"
            wanted = table[name]["signature"]
            variadic = bool(wanted) and wanted[-1].get("variadic")
            if given < len(wanted) or (given > len(wanted) and not variadic):
                return f"{_place_of(expression, name)}: {name}() takes {len(wanted)} values, not {given}"
        todo.extend(child for child in node["children"] if isinstance(child, dict))
    return None


def _place_of(expression: str, name: str) -> str:
    return f"column {max(expression.find(name + '('), 0) + 1}"


# ------------------------------------------------------------------- reading


def read(
    mappings: Sequence[Mapping], value: Any, source: str = "mapping"
) -> list[Item]:
    """Each element of an array, or the one value, by the first mapping that takes it.

    What none takes is still an event, of type ``UNMAPPED``: nothing that was signed is lost.

    :raise BadEnvelope: if a mapping takes the value but finds no event in it; names the expression
    """
    check_storable(value)
    if not isinstance(value, list):
        event = _first(mappings, value, source)
        return [Item(0, event, event.id)]
    return [_item(mappings, index, value[index], source) for index in range(len(value))]


def apply(mapping: Mapping, value: Any, source: str = "mapping") -> Item:
    """:raise BadEnvelope: naming the expression"""
    event = _event(mapping, value, source)
    return Item(0, event, event.id)


def takes(mapping: Mapping, value: Any) -> bool:
    """:raise BadEnvelope: naming the expression"""
    return not mapping.when.strip() or _true(_evaluate("when", mapping.when, value))


def _item(mappings: Sequence[Mapping], index: int, value: Any, source: str) -> Item:
    try:
        event = _first(mappings, value, source)
    except BadEnvelope as error:
        return Item(index, None, None, f"$[{index}]: {error}")
    return Item(index, event, event.id)


def _first(mappings: Sequence[Mapping], value: Any, source: str) -> CloudEvent:
    for mapping in mappings:
        if takes(mapping, value):
            return _event(mapping, value, source)
    data = value if isinstance(value, dict) else {"value": value}
    return vendor_event(source, id=digest(value), type=UNMAPPED, data=data)


def _event(mapping: Mapping, value: Any, source: str) -> CloudEvent:
    def found(name: str, convert: Callable[[Any], Any]) -> Any:
        expression = getattr(mapping, name)
        if not expression.strip():
            return None
        result = _evaluate(name, expression, value)
        try:
            check_storable(result)
            return convert(result)
        except BadEnvelope as error:
            raise BadEnvelope(_sentence(name, expression, str(error))) from None

    return vendor_event(
        source,
        id=found("id", _needed) or digest(value),
        type=found("type", _type) or UNMAPPED,
        subject=found("subject", _optional),
        time=found("time", _time),
        data=found("data", _data)
        or as_object(value if not mapping.data.strip() else {}),
    )


def _evaluate(name: str, expression: str, value: Any) -> Any:
    try:
        return bounded_search.search(_compiled(expression), value, _OPTIONS)
    except _EVALUATION as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise BadEnvelope(_sentence(name, expression, why[:MAX_WHY])) from None


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _sentence(name: str, expression: str, why: str) -> str:
    return f"mapping {name} ({_shown(expression)}): {why.removeprefix('$: ')}"


def _shown(expression: str) -> str:
    short = " ".join(expression.split())
    return short if len(short) <= MAX_SHOWN else short[: MAX_SHOWN - 1] + "…"


# ------------------------------------------------------------------- kinds


def _true(value: Any) -> bool:
    """As JMESPath has it: empty text, lists and objects are false, 0 is true."""
    return value is not None and value is not False and value not in ("", [], {})


def _needed(value: Any) -> str:
    found = text(value)
    if found is None:
        raise BadEnvelope(f"must give text or a whole number, not {_kind(value)}")
    return found


def _type(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadEnvelope(
            f"must give text, not {_kind(value)}; fixed text is in single quotes: 'support.ticket_created'"
        )
    return value


def _optional(value: Any) -> str | None:
    return None if value is None or value == "" else _needed(value)


def _data(value: Any) -> Any:
    if not isinstance(value, dict):
        raise BadEnvelope(f"must give an object, not {_kind(value)}")
    return value


def _time(value: Any) -> datetime | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return epoch(value, "$", 1000 if value >= MILLISECONDS_FROM else 1)
    return parse_time(value, "$") if value != "" else None


def _kind(value: Any) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "empty text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), "nothing")
