"""Working hours as a list of openings with what was open before each, so that business time is a difference."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple


class Opening(NamedTuple):
    """From ``starts`` to ``ends`` (naive UTC); ``before``: seconds open in all earlier ones."""

    starts: datetime
    ends: datetime
    before: float


def added_up(intervals: Iterable[tuple[datetime, datetime]]) -> list[Opening]:
    """:param intervals: naive UTC, in order; those that touch or overlap become one, empty ones go"""
    joined = _joined(intervals)
    lengths = [(ends - starts).total_seconds() for starts, ends in joined]
    before = accumulate(lengths[:-1], initial=0.0)
    return [
        Opening(starts, ends, seconds)
        for (starts, ends), seconds in zip(joined, before, strict=False)
    ]


def reading(openings: Sequence[Opening], moment: datetime) -> float:
    """:return: seconds open from the first opening up to ``moment``; as ``tools/stored.py`` reads it in SQL"""
    place = bisect_right(openings, moment, key=attrgetter("starts"))
    if not place:
        return 0.0
    starts, ends, before = openings[place - 1]
    return before + (min(moment, ends) - starts).total_seconds()


def _joined(
    intervals: Iterable[tuple[datetime, datetime]],
) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for starts, ends in intervals:
        if ends <= starts:
            continue
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((starts, ends))
    return joined
