"""When more tickets come in than usual, judged against the same weekday and hour of the weeks before.

Baseline: the median of the counts of that hour in past weeks, which one bad week does not move. Spread: the median
absolute deviation, times 1.4826 to read like a standard deviation (Rousseeuw and Croux 1993,
https://doi.org/10.1080/01621459.1993.10476408), and never below the root of the median, which is what chance alone
does to counts (Poisson). A surge is a count at least ``SIGMAS`` spreads above the baseline, of at least ``LEAST``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

MAD_SCALE = 1.4826
SIGMAS = 3.0
LEAST = 4
WEEKS = 8
RELEASE_HOURS = 72


@dataclass(frozen=True)
class Surge:
    count: int
    usual: float  # median of the same hour in the weeks before
    spread: float
    score: float  # spreads above the usual
    weeks: int  # that could be looked at


def judge(count: int, history: Sequence[int]) -> Surge | None:
    """:param count: tickets within the last hour
    :param history: counts of the same weekday and hour, a week each; weeks without a ticket are zeros
    :return: None: nothing out of the ordinary, or too little known to say
    """
    if count < LEAST or len(history) < 2:
        return None
    usual = float(median(history))
    deviation = median(abs(each - usual) for each in history)
    spread = max(MAD_SCALE * deviation, sqrt(usual), 1.0)
    score = (count - usual) / spread
    if score < SIGMAS:
        return None
    return Surge(count, usual, round(spread, 2), round(score, 2), len(history))


def same_hour(
    moments: Sequence[datetime], now: datetime, weeks: int, known_since: datetime
) -> tuple[int, list[int]]:
    """Count tickets in the hour up to ``now`` and in the same hour of each week before.

    :param moments: when tickets came in, naive UTC
    :param known_since: weeks that begin before it are not history
    :return: (count of this hour, counts of the weeks before, the latest first)
    """
    hour = timedelta(hours=1)
    ends = [now - timedelta(weeks=week) for week in range(weeks + 1)]
    known = [end for end in ends if end == now or end - hour >= known_since]
    counts = [sum(1 for m in moments if end - hour < m <= end) for end in known]
    return counts[0], counts[1:]


def suspects(
    releases: Sequence[tuple[str, datetime]], now: datetime
) -> list[tuple[str, float]]:
    """:param releases: (version, when published)
    :return: (version, hours ago) of the releases of the last 72 hours, the latest first"""
    ago = [(name, (now - at).total_seconds() / 3600) for name, at in releases]
    return sorted(
        ((name, hours) for name, hours in ago if 0 <= hours <= RELEASE_HOURS),
        key=lambda pair: pair[1],
    )
