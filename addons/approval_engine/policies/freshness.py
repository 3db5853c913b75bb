"""Evidence: how old it is, and what it says now that it did not say then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Difference:
    label: str
    then: Any  # None: was not there
    now: Any  # None: is there no more


@dataclass(frozen=True)
class Freshness:
    key: str  # of the section
    label: str
    as_of: str  # of its oldest item; empty: it has none
    is_old: bool
    differences: tuple[Difference, ...] = ()


def freshness(
    frozen: Sequence[Mapping[str, Any]],
    current: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    max_age: timedelta,
) -> tuple[Freshness, ...]:
    """:param frozen: sections as an approver is shown them
    :param current: sections as they would be now
    :param now: naive UTC
    :param max_age: older than that is old; zero: nothing is
    """
    then, found = _by_key(frozen), _by_key(current)
    return tuple(
        _of_section(
            key,
            then.get(key),
            found.get(key),
            now,
            max_age,
        )
        for key in [*then, *(key for key in found if key not in then)]
    )


def _by_key(sections: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {section["key"]: section for section in sections}


def _of_section(
    key: str,
    then: Mapping[str, Any] | None,
    found: Mapping[str, Any] | None,
    now: datetime,
    max_age: timedelta,
) -> Freshness:
    shown = then or found or {}
    moments = sorted(item["as_of"] for item in shown["items"] if item.get("as_of"))
    as_of = moments[0] if moments else ""
    return Freshness(
        key,
        shown["label"],
        as_of,
        bool(as_of and max_age and now - parse(as_of) > max_age),
        _differences(_items(then), _items(found)),
    )


def parse(moment: str) -> datetime:
    """:return: ISO 8601 with Z as naive UTC"""
    return datetime.fromisoformat(moment.removesuffix("Z"))


def _items(
    section: Mapping[str, Any] | None,
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Items by what they are about; equal ones by their place among each other."""
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for item in section["items"] if section else ():
        name = (item["label"], item.get("model") or "", item.get("id") or 0)
        place = 0
        while (key := (*name, place)) in found:
            place += 1
        found[key] = item
    return found


def _differences(
    then: Mapping[tuple[Any, ...], Mapping[str, Any]],
    now: Mapping[tuple[Any, ...], Mapping[str, Any]],
) -> tuple[Difference, ...]:
    return tuple(
        Difference(key[0], _value(then.get(key)), _value(now.get(key)))
        for key in [*then, *(key for key in now if key not in then)]
        if _value(then.get(key)) != _value(now.get(key))
    )


def _value(item: Mapping[str, Any] | None) -> Any:
    return None if item is None else item["value"]


def is_same(
    one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]
) -> bool:
    """:return: whether two lists of sections say the same, whenever they were gathered"""
    return _timeless(one) == _timeless(other)


def _timeless(sections: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [
        {
            **section,
            "items": [
                {name: value for name, value in item.items() if name != "as_of"}
                for item in section["items"]
            ],
        }
        for section in sections
    ]
