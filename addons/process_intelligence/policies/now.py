"""What history says about a case that runs, and which days are unusual. Seconds, unless said otherwise."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
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
    """A day on which unusually many cases began.

    :param usual: cases on a usual day: the median, or the mean of the other days where most are alike
    """

    day: date
    count: int
    usual: float
    z: float


def surges(counts: Iterable[tuple[date, int]], least_z: float) -> list[Surge]:
    """Days whose z is above ``least_z``, most unusual first; days between the first and the last count as 0.

    Robust: ``z = 0.6745 * (x - median) / MAD`` (Iglewicz and Hoaglin, 1993). Where more than half of the days are
    alike, most often empty, the MAD is 0 and any other day would be unusual; there a day is held against the mean
    of the others as if cases began independently: ``z = 2 * (sqrt(x + 3/8) - sqrt(mean + 3/8))`` (Anscombe, 1948).
    """
    by_day = dict(counts)
    if not by_day:
        return []
    days = (max(by_day) - min(by_day)).days + 1
    values = sorted([*by_day.values(), *([0] * (days - len(by_day)))])
    median = quantile(values, 0.5)
    unit = quantile(sorted(abs(value - median) for value in values), 0.5) / 0.6745
    found = [
        Surge(day, n, median, (n - median) / unit) if unit else _alone(day, n, values)
        for day, n in by_day.items()
    ]
    return sorted(
        (surge for surge in found if surge.z > least_z),
        key=lambda surge: (-surge.z, surge.day),
    )


def _alone(day: date, count: int, values: Sequence[int]) -> Surge:
    """:param values: the counts of all days, this one too"""
    usual = (sum(values) - count) / max(len(values) - 1, 1)
    z = 2 * (math.sqrt(count + 3 / 8) - math.sqrt(usual + 3 / 8))
    return Surge(day, count, usual, z if len(values) > 1 else 0.0)
