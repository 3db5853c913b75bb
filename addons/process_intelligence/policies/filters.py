"""The ``filters`` of every question, from loose JSON to frozen objects.

A filter keeps or drops whole cases. Different keys must all hold. Within a key:

=============== ==================================================================
``period``      of the case: ``contained`` (starts and ends within), ``intersecting``
                (touches), ``started``, ``ended``; bounds included, UTC unless they say
                otherwise, a bare date means the whole day; a missing bound is open
``attributes``  for every name, some event of the case carries one of the values
                (compared as text; null = the event has no such attribute); the name
                ``resource`` means the resource of the event
``variants``    the case went one of these ways
``has``         every listed activity occurs in the case; ``has_not``: none occurs
``follows``     every listed pair occurs, the second directly after the first;
                ``not_follows``: none occurs
``throughput_s`` seconds from the first to the last event, bounds included, null = open
``start``       the first activity is one of these; ``end``: the last one
=============== ==================================================================

An empty list and null mean: no such filter. All keys together hold at most ``MOST_VALUES`` values.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from .refusal import Refusal
from .text import is_storable
from .timestamps import parse_instant

PeriodMode = Literal["contained", "intersecting", "started", "ended"]
MOST_VALUES = 10_000
MAX_SECONDS = 1e12  # more than thirty thousand years
PERIOD_MODES: tuple[str, ...] = get_args(PeriodMode)


@dataclass(frozen=True)
class Period:
    mode: PeriodMode
    start: datetime | None  # naive UTC, included
    end: datetime | None  # naive UTC, included


@dataclass(frozen=True)
class AttributeFilter:
    name: str
    values: tuple[str, ...]
    or_missing: bool = False


@dataclass(frozen=True)
class Throughput:
    min_seconds: float | None
    max_seconds: float | None


Pair = tuple[str, str]
Path = tuple[str, ...]


@dataclass(frozen=True)
class Filters:
    period: Period | None = None
    attributes: tuple[AttributeFilter, ...] = ()
    variants: tuple[Path, ...] = ()
    has: tuple[str, ...] = ()
    has_not: tuple[str, ...] = ()
    follows: tuple[Pair, ...] = ()
    not_follows: tuple[Pair, ...] = ()
    throughput_s: Throughput | None = None
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()

    @property
    def keeps_everything(self) -> bool:
        return self == Filters()


def parse_filters(raw: object) -> Filters:
    """:raises Refusal: ``filters_shape``, ``unknown_filter``, ``bad_filter``, ``bad_period_mode``,
    ``too_many_choices``
    """
    if raw is None:
        return Filters()
    if not isinstance(raw, Mapping):
        raise Refusal("filters_shape", value=_short(raw))
    for key in raw:
        if key not in _PARSERS:
            raise Refusal("unknown_filter", key=str(key), known=list(_PARSERS))
    if _values(raw) > MOST_VALUES:
        raise Refusal("too_many_choices", most=MOST_VALUES)
    return Filters(
        **{
            key: _PARSERS[key](key, value)
            for key, value in raw.items()
            if value is not None
        }
    )


def _values(raw: object) -> int:
    """How many names and values there are, at any depth."""
    if isinstance(raw, Mapping):
        return sum(max(1, _values(value)) for value in raw.values())
    if isinstance(raw, (list, tuple)):
        return sum(map(_values, raw))
    return 1


def _parse_period(key: str, value: object) -> Period | None:
    if not isinstance(value, Mapping):
        raise _bad(key, value, '{"mode": ..., "from": ..., "to": ...}')
    for name in value:
        if name not in ("mode", "from", "to"):
            raise Refusal(
                "unknown_filter", key=f"period.{name}", known=["mode", "from", "to"]
            )
    mode = value.get("mode", "intersecting")
    if mode not in PERIOD_MODES:
        raise Refusal("bad_period_mode", value=_short(mode), known=list(PERIOD_MODES))
    start = _parse_moment("period.from", value.get("from"), end_of_day=False)
    end = _parse_moment("period.to", value.get("to"), end_of_day=True)
    if start and end and start > end:
        raise _bad(key, f"{value.get('from')} .. {value.get('to')}", "from before to")
    return Period(mode, start, end) if start or end else None


def _parse_moment(key: str, value: object, *, end_of_day: bool) -> datetime | None:
    if value is None or value is False or value == "":
        return None
    bad = _bad(key, value, "2026-01-31 or 2026-01-31T08:00:00Z")
    if not isinstance(value, str):
        raise bad
    try:
        return parse_instant(value, end_of_day=end_of_day)
    except (Refusal, OverflowError) as error:
        raise bad from error


def _parse_attributes(key: str, value: object) -> tuple[AttributeFilter, ...]:
    if not isinstance(value, Mapping) or not all(
        isinstance(name, str) for name in value
    ):
        raise _bad(key, value, '{"name": ["value", ...]}')
    parsed = (_parse_attribute(name, values) for name, values in value.items())
    return tuple(item for item in parsed if item.values or item.or_missing)


def _parse_attribute(name: str, values: object) -> AttributeFilter:
    key = f"attributes.{_checked_text('attributes', name)}"
    if not isinstance(values, (list, tuple)):
        values = [values]
    texts = tuple(_attribute_text(key, value) for value in values if value is not None)
    return AttributeFilter(
        name, texts, or_missing=any(value is None for value in values)
    )


def _attribute_text(key: str, value: object) -> str:
    """As PostgreSQL writes a JSON scalar as text (``->>``)."""
    if isinstance(value, str):
        return _checked_text(key, value)
    if isinstance(value, (bool, int)) or (
        isinstance(value, float) and math.isfinite(value)
    ):
        return json.dumps(value)
    raise _bad(key, value, "text, number, true, false or null")


def _parse_variants(key: str, value: object) -> tuple[Path, ...]:
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(path, (list, tuple)) for path in value
    ):
        raise _bad(key, value, '[["a", "b"], ...]')
    paths = tuple(_texts(key, path) for path in value)
    if not all(paths):
        raise _bad(key, value, "paths of at least one activity")
    return paths


def _parse_names(key: str, value: object) -> tuple[str, ...]:
    return _texts(key, [value] if isinstance(value, str) else value)


def _parse_pairs(key: str, value: object) -> tuple[Pair, ...]:
    if not isinstance(value, (list, tuple)):
        raise _bad(key, value, '[["a", "b"], ...]')
    pairs = []
    for item in value:
        names = _texts(key, item)
        if len(names) != 2:
            raise _bad(key, item, '["a", "b"]')
        pairs.append((names[0], names[1]))
    return tuple(pairs)


def _parse_throughput(key: str, value: object) -> Throughput | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise _bad(key, value, "[min, max]")
    for bound in value:
        number = (
            isinstance(bound, (int, float))
            and not isinstance(bound, bool)
            and abs(bound) <= MAX_SECONDS  # NaN is not
        )
        if bound is not None and not number:
            raise _bad(key, value, "[min, max] in seconds")
    low, high = value
    if low is not None and high is not None and low > high:
        raise _bad(key, value, "[min, max] with min <= max")
    return None if low is None and high is None else Throughput(low, high)


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(item, str) for item in value
    ):
        raise _bad(key, value, '["activity", ...]')
    return tuple(_checked_text(key, item) for item in value)


def _checked_text(key: str, text: str) -> str:
    if not is_storable(text):
        raise _bad(
            key, ascii(text), "text without NUL characters and broken surrogates"
        )
    return text


def _bad(key: str, value: object, expected: str) -> Refusal:
    return Refusal("bad_filter", key=key, value=_short(value), expected=expected)


def _short(value: object, limit: int = 80) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[:limit] + "…"


_PARSERS: dict[str, Callable[[str, Any], Any]] = {
    "period": _parse_period,
    "attributes": _parse_attributes,
    "variants": _parse_variants,
    "has": _parse_names,
    "has_not": _parse_names,
    "follows": _parse_pairs,
    "not_follows": _parse_pairs,
    "throughput_s": _parse_throughput,
    "start": _parse_names,
    "end": _parse_names,
}
