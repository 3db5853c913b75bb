"""What goes together with an outcome and was known before it, from counts alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import significance
from .significance import Share

#: Cases that must have a value, and that must not have it, before it is tested.
LEAST = 20
#: An attribute is usable when at least this share of the cases that ever carry it carry it in time.
KNOWN_IN_TIME = 0.5
#: A value that says the outcome this well is more likely a copy of it than its cause.
SUSPECT_SHARE = 0.99
#: First steps that may be looked at, at most.
MOST_STEPS = 50

ATTRIBUTE, RANGE, START, HAS = "attribute", "range", "start", "has"


class Count(NamedTuple):
    """Cases with a value within the first steps.

    :param kind: ``attribute``, ``range`` (of its numbers), ``start`` (first activity) or ``has`` (an activity among
        the first steps)
    :param name: of the attribute; else empty
    :param value: of a range its limits, ``120–480``
    :param low, high: limits of a range, both included
    :param values: of a range all values that cases carry, unless they are too many
    """

    kind: str
    name: str
    value: str
    cases: int
    hits: int
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()


class Known(NamedTuple):
    """Of how many cases an attribute is known: ever, and in time."""

    name: str
    ever: int
    in_time: int

    @property
    def usable(self) -> bool:
        return self.in_time >= KNOWN_IN_TIME * self.ever


class Case(NamedTuple):
    """What the cases are that were looked at.

    :param left_out: the outcome happened within the first steps, or the case has fewer
    :param running: not finished, so nobody knows their outcome yet
    """

    cases: int
    hits: int
    left_out: int
    running: int


@dataclass(frozen=True)
class Cause:
    count: Count
    with_it: Share
    without: Share
    p: float


def causes(
    looked_at: Case, counts: Iterable[Count], known: Iterable[Known]
) -> dict[str, Any]:
    """:return: as ``definition.causes`` answers, without words and what the outcome is"""
    known = sorted(known)
    refused = {item.name for item in known if not item.usable}
    tested = [
        _tested(count, looked_at)
        for count in counts
        if not (count.kind in (ATTRIBUTE, RANGE) and count.name in refused)
        and not (count.kind == RANGE and count.low == count.high)  # told as a value
        and min(count.cases, looked_at.cases - count.cases) >= LEAST
    ]
    adjusted = significance.adjusted([cause.p for cause in tested])
    found = [_told(cause, p) for cause, p in zip(tested, adjusted, strict=True)]
    found.sort(key=_strongest)
    return {
        "cases": looked_at.cases,
        "hits": looked_at.hits,
        "share": _rounded(Share(looked_at.hits, looked_at.cases).value),
        "left_out": looked_at.left_out,
        "running": looked_at.running,
        "least": LEAST,
        "tests": len(tested),
        "causes": found,
        "refused": [
            {"name": item.name, "cases": item.ever, "known_in_time": item.in_time}
            for item in known
            if not item.usable
        ],
    }


def _tested(count: Count, every: Case) -> Cause:
    with_it = Share(count.hits, count.cases)
    without = Share(every.hits - count.hits, every.cases - count.cases)
    return Cause(count, with_it, without, significance.shares_differ(with_it, without))


def _told(cause: Cause, p: float) -> dict[str, Any]:
    one, two = cause.with_it, cause.without
    interval = significance.newcombe(one, two)
    every = Share(one.hits + two.hits, one.cases + two.cases).value
    return {
        "kind": cause.count.kind,
        "name": cause.count.name,
        "value": cause.count.value,
        "low": False if cause.count.low is None else cause.count.low,
        "high": False if cause.count.high is None else cause.count.high,
        "cases": one.cases,
        "hits": one.hits,
        "share_with": _rounded(one.value),
        "share_without": _rounded(two.value),
        "lift": _rounded(one.value / every) if every else False,
        "risk_difference": _rounded(one.value - two.value),
        "risk_low": _rounded(interval.low),
        "risk_high": _rounded(interval.high),
        "effect": _rounded(significance.cohens_h(one, two)),
        "p": cause.p,
        "adjusted_p": p,
        "significant": p < significance.LEVEL,
        "suspect": _copies(one, two),
        "filters": _filters(cause.count),
    }


def _copies(one: Share, two: Share) -> bool:
    return (one.value >= SUSPECT_SHARE and two.value <= 1 - SUSPECT_SHARE) or (
        two.value >= SUSPECT_SHARE and one.value <= 1 - SUSPECT_SHARE
    )


def _filters(count: Count) -> dict[str, Any] | bool:
    """:return: a filter on cases like these; within the case as a whole, not its first steps alone; False where a range
    has too many values to be named
    """
    if count.kind == RANGE:
        return bool(count.values) and {"attributes": {count.name: list(count.values)}}
    if count.kind == ATTRIBUTE:
        return {"attributes": {count.name: [count.value]}}
    return {count.kind: [count.value]}


def _strongest(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        not row["significant"],
        -abs(row["effect"]),
        row["kind"],
        row["name"],
        row["value"],
    )


def _rounded(value: float) -> float:
    return round(value, 6)
