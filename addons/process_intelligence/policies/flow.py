"""From the counted moves of a log to the map of a process."""

from collections.abc import Iterable
from typing import NamedTuple


class Row(NamedTuple):
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


def process_map(rows: Iterable[Row]) -> dict:
    """:return: activities and transitions, most frequent first, as ``definition.process_map`` answers"""
    activities: dict[str, dict] = {}
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


def _transition(row: Row) -> dict:
    median, p95 = row.percentiles
    return {
        "source": row.source,
        "target": row.target,
        "count": row.count,
        "p50_seconds": round(median, 6),
        "p95_seconds": round(p95, 6),
    }
