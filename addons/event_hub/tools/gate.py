"""Lets a model's own code, and nobody else, write its guarded fields.

A pass is an object in the context that names the records and the values it is good for.
A client can send any context, but not an object of this class; and whatever else runs inside
the write (an automation rule, say) cannot use the pass for other records or values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEY = "event_hub_pass"


@dataclass(frozen=True, eq=False)
class Pass:
    model: str
    ids: frozenset[int]  # empty: for records about to be created
    values: Mapping[str, Any]
    births: Sequence[
        Mapping[str, Any]
    ] = ()  # of records about to be created, each whole


def admit(records, values: Mapping[str, Any]):
    """:return: ``records`` with a pass for exactly ``values``"""
    return _with(records, Pass(records._name, frozenset(records._ids), dict(values)))


def is_admitted(records, values: Mapping[str, Any], names: Iterable[str]) -> bool:
    """:return: whether the pass covers these records and the values of these fields"""
    held = _held(records)
    return (
        held is not None
        and held.ids.issuperset(records._ids)
        and all(
            name in held.values and held.values[name] == values[name] for name in names
        )
    )


def born_with(model) -> Mapping[str, Any]:
    """:return: the values a pass carries for records about to be created; empty without one"""
    held = _held(model)
    return held.values if held is not None and not held.ids else {}


def admit_births(model, vals_list: Iterable[Mapping[str, Any]]):
    """:return: ``model`` with a pass to create records with exactly these values"""
    births = tuple(dict(vals) for vals in vals_list)
    return _with(model, Pass(model._name, frozenset(), {}, births))


def are_births_admitted(model, vals_list: Sequence[Mapping[str, Any]]) -> bool:
    """:return: whether the pass covers the creation of records with these values"""
    held = _held(model)
    return held is not None and bool(vals_list) and list(held.births) == list(vals_list)


def _with(records, issued):
    return records.with_context(**{KEY: issued})


def _held(records) -> Pass | None:
    held = records.env.context.get(KEY)
    return held if isinstance(held, Pass) and held.model == records._name else None
