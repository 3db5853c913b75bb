"""What a person may replay, and how fast what was chosen goes back to the lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .states import DEAD, FAILED, PARKED, PROCESSED, REPLAYABLE

DEFAULT = (PARKED, DEAD)  # what failed comes back by itself
AT_ONCE = 1000  # messages back in the lanes at a time: what is heard now waits for no more than these


def unknown_states(wanted: Iterable[str]) -> list[str]:
    """:return: those of ``wanted`` that no message could be replayed from"""
    return sorted(set(wanted) - REPLAYABLE)


def room(in_lanes: int, at_once: int) -> int:
    """:return: how many messages go back to the lanes now

    :param in_lanes: of this replay, not yet worked off
    """
    return max(0, at_once - in_lanes)


def progress(released: int, in_lanes: int, total: int) -> float:
    """:return: per cent of ``total`` that was worked off; below 100 until all of it is"""
    if not total:
        return 100.0
    done = max(0, released - in_lanes)
    return 100.0 if done >= total else min(99.0, 100 * done / total)


def outcomes(states: Iterable[str]) -> dict[str, int]:
    """:return: ``{state: how many}``, what works first, then by size"""
    counts: dict[str, int] = {}
    for state in states:
        counts[state] = counts.get(state, 0) + 1
    order = sorted(
        counts, key=lambda state: (state != PROCESSED, -counts[state], state)
    )
    return {state: counts[state] for state in order}


def would_help(counts: Mapping[str, int]) -> bool:
    """:return: whether all of them would be processed"""
    return not any(counts.get(state) for state in (FAILED, PARKED, DEAD))
