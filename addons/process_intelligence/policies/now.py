"""What history says about a case that runs, and which days are unusual. Seconds, unless said otherwise."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

#: Fewer finished cases than this say little; then all that came to the same activity are asked.
LEAST_HISTORY = 10


def quantile(values: Sequence[float], share: float) -> float:
    """:param values: sorted, at least one
    :return: interpolated, as ``percentile_cont``
    """
    place = (len(values) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return values[low] + (values[high] - values[low]) * (place - low)


def left_out_error(values: Sequence[float]) -> float | None:
    """Mean absolute error of the median when each value is foretold from all others (leave-one-out).

    :param values: sorted
    :return: None for fewer than two
    """
    count = len(values)
    if count < 2:
        return None
    return (
        sum(
            abs(value - _median_without(values, place))
            for place, value in enumerate(values)
        )
        / count
    )


def _median_without(values: Sequence[float], gone: int) -> float:
    last = len(values) - 2  # place of the last one that stays
    low, high = last // 2, (last + 1) // 2
    return (values[low + (low >= gone)] + values[high + (high >= gone)]) / 2


class After(NamedTuple):
    """Finished cases that did ``activity`` as step number ``position`` and then ``next_activity``.

    :param seconds: of each, from that step to its end
    """

    activity: int
    position: int
    next_activity: int
    seconds: list[float]


class Outlook(NamedTuple):
    """What is to be expected: the median, an 80 % interval, how wrong the median is on average, and the next step.

    :param same_length: only cases with as many steps were asked
    """

    cases: int
    same_length: bool
    seconds: float
    low: float
    high: float
    error: float | None
    next_activity: int
    probability: float


class History:
    """Finished cases by activity, and by activity and number of steps."""

    def __init__(self, rows: Iterable[After]) -> None:
        self._rows: dict[tuple[int, int | None], list[After]] = defaultdict(list)
        self._known: dict[tuple[int, int | None], Outlook] = {}
        for row in rows:
            self._rows[row.activity, row.position].append(row)
            self._rows[row.activity, None].append(row)

    def outlook(self, activity: int, length: int) -> Outlook | None:
        """:return: None when no finished case went on from there"""
        same = self._rows.get((activity, length), [])
        enough = sum(len(row.seconds) for row in same) >= LEAST_HISTORY
        key = (activity, length if enough else None)
        if key not in self._rows:
            return None
        if key not in self._known:
            self._known[key] = _outlook(self._rows[key], enough)
        return self._known[key]


def _outlook(rows: list[After], same_length: bool) -> Outlook:
    values = sorted(value for row in rows for value in row.seconds)
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        counts[row.next_activity] += len(row.seconds)
    likely = min(counts, key=lambda name: (-counts[name], name))
    return Outlook(
        len(values),
        same_length,
        quantile(values, 0.5),
        quantile(values, 0.1),
        quantile(values, 0.9),
        left_out_error(values),
        likely,
        counts[likely] / len(values),
    )


@dataclass(frozen=True, slots=True)
class Surge:
    """A day on which unusually many cases began."""

    day: date
    count: int
    usual: float
    z: float


def surges(counts: Iterable[tuple[date, int]], least_z: float) -> list[Surge]:
    """Days whose robust z is above ``least_z``, most unusual first; days between the first and the last count as 0.

    ``z = 0.6745 * (x - median) / MAD``; where the MAD is 0, ``(x - median) / (1.2533 * mean absolute deviation)``
    (Iglewicz and Hoaglin, 1993).
    """
    by_day = dict(counts)
    if not by_day:
        return []
    first, last = min(by_day), max(by_day)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    values = sorted(by_day.get(day, 0) for day in days)
    median = quantile(values, 0.5)
    away = sorted(abs(value - median) for value in values)
    unit = quantile(away, 0.5) / 0.6745 or 1.2533 * sum(away) / len(away)
    if not unit:
        return []
    found = [Surge(day, n, median, (n - median) / unit) for day, n in by_day.items()]
    return sorted(
        (surge for surge in found if surge.z > least_z),
        key=lambda surge: (-surge.z, surge.day),
    )
