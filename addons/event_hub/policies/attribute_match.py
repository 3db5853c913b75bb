"""Conditions on an event's attributes: ``("attributes.tier", "=", "strategic")``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "attributes."
OPERATORS = frozenset({
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "ilike", "not like", "not ilike",
})  # fmt: skip


def is_attribute(path: str) -> bool:
    return path.startswith(PREFIX) and len(path) > len(PREFIX)


def value_at(attributes: Mapping[str, Any] | None, path: str) -> Any:
    """The value under a dotted path below ``attributes.``; None if a step is missing."""
    value: Any = attributes or {}
    for step in path.removeprefix(PREFIX).split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def holds(value: Any, operator: str, operand: Any) -> bool:
    """Whether ``value operator operand``, as a domain would have it.

    A missing value equals False; comparing what has no order is False, never an error.

    :raise ValueError: for an operator outside ``OPERATORS``
    """
    if operator not in OPERATORS:
        raise ValueError(operator)
    if operator.startswith("not "):
        return not holds(value, operator.removeprefix("not "), operand)
    if operator == "!=":
        return not holds(value, "=", operand)
    if operator == "=":
        return _equal(value, operand)
    if operator == "in":
        return any(_equal(value, item) for item in operand)
    if operator in ("like", "ilike"):
        return _contains(value, operand, ignore_case=operator == "ilike")
    return _ordered(value, operator, operand)


def _equal(value: Any, operand: Any) -> bool:
    if operand is False or operand is None:
        return value is None or value is False or value == ""
    if isinstance(value, bool) or isinstance(operand, bool):
        return value is operand
    return bool(value == operand)


def _contains(value: Any, operand: Any, *, ignore_case: bool) -> bool:
    if value is None:
        return False
    text, part = str(value), str(operand)
    return part.lower() in text.lower() if ignore_case else part in text


def _ordered(value: Any, operator: str, operand: Any) -> bool:
    numbers = all(
        isinstance(x, int | float) and not isinstance(x, bool) for x in (value, operand)
    )
    if not numbers and not (isinstance(value, str) and isinstance(operand, str)):
        return False
    if operator == "<":
        return bool(value < operand)
    if operator == "<=":
        return bool(value <= operand)
    return bool(value > operand) if operator == ">" else bool(value >= operand)
