"""The condition of a step: a domain written down, read without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

MAX_LENGTH = 2000  # characters
MAX_DEPTH = 4  # names of a path, such as partner_id.commercial_partner_id.account_tier
JOINERS = frozenset({"&", "|", "!"})
OPERATORS = frozenset(
    "= != < <= > >= in like ilike =like =ilike child_of parent_of any".split()
) | {"not in", "not like", "not ilike", "not any"}

Domain = list[Any]  # Odoo's: joiners, and (path, operator, value)


class BadConditionError(ValueError):
    """Says what is wrong, as the end of a sentence; ``args[1]`` names the part, may be empty."""


def parse(text: str) -> Domain:
    """Values only: no name, no call, no attribute.

    :raises BadConditionError: with one of the codes "long", "syntax", "shape", "operator", "deep", and the part
    """
    if len(text) > MAX_LENGTH:
        raise BadConditionError("long", "")
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise BadConditionError("syntax", "") from error
    return _checked(value)


def _checked(value: object) -> Domain:
    if not isinstance(value, list):
        raise BadConditionError("shape", str(value))
    for part in value:
        if not isinstance(part, str) or part not in JOINERS:
            _check_leaf(part)
    if not _is_balanced(value):
        raise BadConditionError("shape", str(value))
    return value


def _check_leaf(part: object) -> None:
    if not isinstance(part, list | tuple) or len(part) != 3:
        raise BadConditionError("shape", str(part))
    path, operator, value = part
    if not isinstance(path, str) or not all(map(str.isidentifier, path.split("."))):
        raise BadConditionError("shape", str(part))
    if not isinstance(operator, str) or operator not in OPERATORS:
        raise BadConditionError("operator", str(operator))
    if len(path.split(".")) > MAX_DEPTH:
        raise BadConditionError("deep", path)
    if operator in ("any", "not any"):
        _checked(value)


def _is_balanced(parts: Sequence[object]) -> bool:
    """Whether each joiner has what it joins; what is left over is joined by "and"."""
    found = 0
    for part in reversed(parts):
        if part in ("&", "|"):
            found -= 1
        elif part != "!":
            found += 1
        if found < 1:
            return False
    return True


def leaves(domain: Domain) -> Iterator[tuple[str, str, Any]]:
    """:return: (path, operator, value) of each comparison; those of inner domains are in the value"""
    for part in domain:
        if not isinstance(part, str):
            yield tuple(part)
