"""Lets a model's own code, and nobody else, write its guarded fields.

A pass is an object in the context that names the records and the values it is good for.
A client can send any context, but not an object of this class; and whatever runs inside
the write cannot use the pass for other values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KEY = "approval_engine_pass"


@dataclass(frozen=True, eq=False)
class Pass:
    model: str
    ids: frozenset[int]  # empty: for records about to be created
    values: Mapping[str, Any]


def admit(records, values):
    """:return: ``records`` with a pass for exactly ``values``"""
    issued = Pass(records._name, frozenset(records._ids), dict(values))
    return records.with_context(**{KEY: issued})


def is_admitted(records, values: Mapping[str, Any], names: Iterable[str]) -> bool:
    """:return: whether the pass covers these records and the values of these fields"""
    held = records.env.context.get(KEY)
    if not isinstance(held, Pass) or held.model != records._name:
        return False
    if not held.ids.issuperset(records._ids):
        return False
    return all(
        name in held.values and held.values[name] == values[name] for name in names
    )


def born_with(model) -> Mapping[str, Any]:
    """:return: the values a pass carries for records about to be created; empty without one"""
    held = model.env.context.get(KEY)
    if isinstance(held, Pass) and held.model == model._name and not held.ids:
        return held.values
    return {}
