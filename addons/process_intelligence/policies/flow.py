"""From the counted moves of a log to the map of a process."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

#: As the methods of the process answer it, ready for JSON.
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """Moves from ``source`` to ``target``; without a target: ends of cases.

    :param count: how many
    :param starts: how many of them leave the first step of their case
    :param percentiles: median and 95th percentile of the seconds in between
    """

    source: str
    target: str | None
    count: int
    starts: int
    percentiles: tuple[float, ...]


def process_map(rows: Iterable[Row]) -> Answer:
    """:return: activities and transitions, most frequent first, as ``definition.process_map`` answers"""
    activities: dict[str, Answer] = {}
    transitions = []
    for row in rows:
        activity = activities.setdefault(
            row.source, {"name": row.source, "count": 0, "start": 0, "end": 0}
        )
        activity["count"] += row.count
        activity["start"] += row.starts
        if row.target is None:
            activity["end"] += row.count
        else:
            transitions.append(_transition(row))
    return {
        "activities": sorted(
            activities.values(), key=lambda item: (-item["count"], item["name"])
        ),
        "transitions": sorted(
            transitions,
            key=lambda item: (-item["count"], item["source"], item["target"]),
        ),
        "cases": sum(item["start"] for item in activities.values()),
        "events": sum(item["count"] for item in activities.values()),
    }


def _transition(row: Row) -> Answer:
    median, p95 = row.percentiles
    return {
        "source": row.source,
        "target": row.target,
        "count": row.count,
        "p50_seconds": round(median, 6),
        "p95_seconds": round(p95, 6),
    }


class Spread(NamedTuple):
    """How long moves took, in seconds; percentiles are the median, 90th and 95th, interpolated."""

    total: float
    low: float
    high: float
    percentiles: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Counted:
    """Moves from ``source`` to ``target`` with all that is counted of them; without a target: ends of cases.

    :param visits: how many of them leave their source for the first time in their case
    :param visits_max: the highest number of times that one case had come to the source, at one of them
    :param cases: how many cases have such a move
    :param repeats_max: the most that one case has
    :param wall: on the clock; None for ends
    :param business: by the working calendar; None without one
    """

    source: str
    target: str | None
    count: int
    starts: int
    visits: int
    visits_max: int
    cases: int
    repeats_max: int
    wall: Spread | None
    business: Spread | None


def statistics(rows: Iterable[Counted]) -> Answer:
    """:return: activities and transitions, most frequent first, as ``definition.statistics`` answers"""
    activities: dict[str, Answer] = {}
    transitions = []
    for row in rows:
        activity = activities.setdefault(row.source, _new_activity(row.source))
        activity["count"] += row.count
        activity["cases"] += row.visits
        activity["max_repetition"] = max(activity["max_repetition"], row.visits_max)
        activity["start"] += row.starts
        if row.target is None:
            activity["end"] += row.count
        else:
            transitions.append(_counted_transition(row))
    return {
        "activities": sorted(
            activities.values(), key=lambda item: (-item["count"], item["name"])
        ),
        "transitions": sorted(
            transitions,
            key=lambda item: (-item["count"], item["source"], item["target"]),
        ),
        "cases": sum(item["start"] for item in activities.values()),
        "events": sum(item["count"] for item in activities.values()),
    }


def _new_activity(name: str) -> Answer:
    return {
        "name": name,
        "count": 0,
        "cases": 0,
        "max_repetition": 0,
        "start": 0,
        "end": 0,
    }


def _counted_transition(row: Counted) -> Answer:
    return {
        "source": row.source,
        "target": row.target,
        "count": row.count,
        "cases": row.cases,
        "max_repetition": row.repeats_max,
        "seconds": spread(row.wall, row.count),
        "business_seconds": spread(row.business, row.count),
    }


def spread(told: Spread | None, count: int) -> Answer | bool:
    """:return: the figures of ``count`` durations in seconds; false where there are none"""
    if told is None:
        return False
    median, p90, p95 = told.percentiles
    figures = {
        "mean": told.total / count,
        "median": median,
        "p90": p90,
        "p95": p95,
        "min": told.low,
        "max": told.high,
        "sum": told.total,
    }
    return {name: round(value, 6) for name, value in figures.items()}
