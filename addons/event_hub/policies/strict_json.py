"""JSON as the door takes it: bounded in depth and in the size of numbers, each key once.

Every refusal names the place: ``line 1 column 7`` or ``$.data.amount``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 64  # of nested values
MAX_NUMBER = 100  # characters of one number; a double needs 25
MAX_KEY_SHOWN = 40  # characters of a key in the name of a place

# What only may be wrong; a body without these needs no slow reading.
_SUSPICIOUS = re.compile(rf"[0-9.]{{{MAX_NUMBER}}}|[0-9][eE][+-]?[0-9]{{3}}", re.ASCII)
_Steps = tuple[str | int, ...]  # keys and indexes that lead to a place
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class BadJson(ValueError):
    """The body is not JSON that we take. The text names the place."""


class BadEnvelope(ValueError):
    """The body is JSON but no event. The text names the place."""


@dataclass(frozen=True)
class _Flaw:
    """Stands in a parsed value where something cannot be taken."""

    problem: str


def parse_json(body: bytes) -> Any:
    """:raise BadJson: naming the place"""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"byte {error.start + 1}: the body is not UTF-8") from None
    flaws: list[_Flaw] = []
    try:
        value = _decoder(text, flaws).decode(text)
    except json.JSONDecodeError as error:
        raise BadJson(
            f"line {error.lineno} column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise BadJson(f"{_too_deep(text)}: {_deeper()}") from None
    if flaws:
        raise BadJson(_first_flaw(value) or flaws[0].problem)
    return value


def check_storable(value: Any) -> None:
    """Refuse what PostgreSQL cannot hold, or what nests too deep to be handled.

    :raise BadEnvelope: naming the place
    """
    found = _unstorable(value, 1)
    if found:
        raise BadEnvelope(f"{_place(found[0])}: {found[1]}")


# ------------------------------------------------------------------- reading


def _decoder(text: str, flaws: list[_Flaw]) -> json.JSONDecoder:
    def flawed(problem: str) -> _Flaw:
        flaws.append(_Flaw(problem))
        return flaws[-1]

    def whole(literal: str) -> Any:
        if len(literal) > MAX_NUMBER:
            return flawed(_too_long(literal))
        return int(literal)

    def broken(literal: str) -> Any:
        if len(literal) > MAX_NUMBER:
            return flawed(_too_long(literal))
        number = float(literal)
        if math.isinf(number):
            return flawed("the number is too large")
        return number

    def once(pairs: list[tuple[str, Any]]) -> Any:
        read = dict(pairs)
        if len(read) == len(pairs):
            return read
        return flawed(f"the key {_shown(_repeated(pairs))} is there twice")

    slow = bool(_SUSPICIOUS.search(text))
    return json.JSONDecoder(
        parse_constant=lambda name: flawed(f"{name} is not a JSON number"),
        object_pairs_hook=once,
        parse_int=whole if slow else None,
        parse_float=broken if slow else None,
    )


def _too_long(literal: str) -> str:
    return f"a number of {len(literal)} digits; at most {MAX_NUMBER} are taken"


def _repeated(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _first_flaw(value: Any) -> str | None:
    todo: list[tuple[_Steps, Any]] = [((), value)]
    while todo:
        steps, item = todo.pop()
        if isinstance(item, _Flaw):
            return f"{_place(steps)}: {item.problem}"
        todo.extend(((*steps, step), child) for step, child in _inner(item))
    return None


def _too_deep(text: str) -> str:
    """:return: line and column of the first bracket that is one too many"""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                before = text[: token.start()]
                line_start = before.rfind("\n") + 1
                column = token.start() - line_start + 1
                return f"line {before.count(chr(10)) + 1} column {column}"
        elif token[0] in "]}":
            depth -= 1
    return "$"


# ------------------------------------------------------------------ checking


def _unstorable(value: Any, depth: int) -> tuple[_Steps, str] | None:
    """:return: the steps to what is wrong, and what; places are only named once something is"""
    if depth > MAX_DEPTH:
        return (), _deeper()
    if isinstance(value, str):
        problem = _text_problem(value)
        return ((), problem) if problem else None
    if isinstance(value, float) and not math.isfinite(value):
        return (), "the number is too large"
    for step, child in _inner(value):
        problem = _text_problem(step) if isinstance(step, str) else None
        if problem:
            return (), problem
        found = _unstorable(child, depth + 1)
        if found:
            return (step, *found[0]), found[1]
    return None


def _inner(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _text_problem(text: str) -> str | None:
    if "\x00" in text:
        return "text holds the character U+0000"
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        return "text holds half a surrogate pair"
    return None


def _deeper() -> str:
    return f"nested deeper than {MAX_DEPTH} levels"


def _place(steps: _Steps) -> str:
    parts = (f"[{s}]" if isinstance(s, int) else f".{_shown(s)}" for s in steps)
    return "$" + "".join(parts)


def _shown(key: str) -> str:
    """:return: a key that may be of any length and hold anything, fit for a sentence"""
    short = key if len(key) <= MAX_KEY_SHOWN else key[: MAX_KEY_SHOWN - 1] + "…"
    return "".join(char if char.isprintable() else "?" for char in short)
