"""From the counted moves of each kind of object to one map of all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from . import flow


class Kind(NamedTuple):
    """A kind of object, how many there are, and how many events touch one.

    :param several: events that touch more than one of them (convergence)
    :param repeated: objects to which an activity happens more than once (divergence)
    """

    name: str
    label: str
    objects: int
    events: int
    several: int
    repeated: int


class Count(NamedTuple):
    """Events of an activity, and those of them that several objects share."""

    name: str
    events: int
    shared: int


def counts_of(moves: Iterable[flow.Row], shared: Mapping[str, int]) -> list[Count]:
    """:return: how often each activity happens, from the moves of cases that share no event

    :param shared: events of an activity that touch more than their case
    """
    events: dict[str, int] = defaultdict(int)
    for move in moves:
        events[move.source] += move.count
    return [Count(name, times, shared.get(name, 0)) for name, times in events.items()]


def object_map(
    kinds: Iterable[Kind], rows: Mapping[str, list[flow.Row]], counts: Iterable[Count]
) -> dict[str, Any]:
    """:return: as ``definition.object_map`` answers; the kind that most events touch first, and so its colour"""
    order = sorted(kinds, key=lambda kind: (-kind.events, kind.name))
    flows = {kind.name: flow.process_map(rows.get(kind.name, [])) for kind in order}
    touching: dict[str, dict[str, int]] = defaultdict(dict)
    for kind in order:
        for activity in flows[kind.name]["activities"]:
            touching[activity["name"]][kind.name] = activity["count"]
    found = sorted(counts, key=lambda count: (-count.events, count.name))
    return {
        "types": [
            {
                "type": kind.name,
                "label": kind.label,
                "colour": place,
                "objects": kind.objects,
                "events": kind.events,
                "several": kind.several,
                "repeated": kind.repeated,
                "activities": flows[kind.name]["activities"],
                "transitions": flows[kind.name]["transitions"],
            }
            for place, kind in enumerate(order, start=1)
        ],
        "activities": [
            {
                "name": count.name,
                "count": count.events,
                "shared": count.shared,
                "types": touching[count.name],
            }
            for count in found
        ],
        "events": sum(count.events for count in found),
        "shared_events": sum(count.shared for count in found),
    }
