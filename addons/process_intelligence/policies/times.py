"""Working and waiting apart, where something tells them apart; else there is only time between steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .flow import Spread, spread

BETWEEN = "time between steps"
APART = "waiting and working"


@dataclass(frozen=True)
class Span:
    """Of one activity; ``business`` is None without a calendar."""

    name: str
    count: int
    wall: Spread
    business: Spread | None


def add(
    answer: dict[str, Any], working: Iterable[Span], waiting: Iterable[Span]
) -> dict[str, Any]:
    """:return: ``answer`` (of ``flow.statistics``) with ``time``, and ``working`` and ``waiting`` of each activity"""
    found = {"working": _by_name(working), "waiting": _by_name(waiting)}
    for activity in answer["activities"]:
        for kind, spans in found.items():
            activity[kind] = spans.get(activity["name"], False)
    answer["time"] = APART if any(found.values()) else BETWEEN
    return answer


def _by_name(spans: Iterable[Span]) -> dict[str, dict[str, Any]]:
    """Of several spans of one activity, the first counts."""
    found: dict[str, dict[str, Any]] = {}
    for span in spans:
        found.setdefault(
            span.name,
            {
                "count": span.count,
                "seconds": spread(span.wall, span.count),
                "business_seconds": spread(span.business, span.count),
            },
        )
    return found
