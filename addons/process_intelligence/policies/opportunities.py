"""Which work of people is worth a rule: by volume, time and regularity. Seconds."""

from collections.abc import Iterable
from math import log
from typing import Any, NamedTuple

#: What was done fewer times shows no routine: one time is always regular.
LEAST_STEPS = 5


class Spread(NamedTuple):
    """How counts are spread over kinds: how many kinds, their sum, the sum of ``n ln n``, the largest one."""

    kinds: int
    total: int
    weighted: float
    largest: int

    @property
    def evenness(self) -> float:
        """Shannon's entropy by that of equal shares (Pielou, 1966): 0 always the same, 1 anything equally often."""
        if self.kinds < 2:
            return 0.0
        entropy = log(self.total) - self.weighted / self.total
        return min(1.0, max(0.0, entropy / log(self.kinds)))


class Work(NamedTuple):
    """Steps of one activity by people.

    :param following: kinds of next steps, the end of the case is one of them; ``hands``: who did it
    :param usual: the commonest next activity, None: the end
    :param waited: sum of the seconds from the step before, ``low, median, high``: their quartiles; None where each
        is the first step of its case
    :param examples: ids of cases that went on in the usual ways
    """

    name: str
    following: Spread
    hands: Spread
    usual: str | None
    waited: float | None
    low: float | None
    median: float | None
    high: float | None
    examples: list[int]


def dispersion(low: float, high: float) -> float:
    """:return: the quartile coefficient of dispersion, ``(q3 - q1) / (q3 + q1)`` (Bonett, 2006): 0 always the same"""
    return (high - low) / (high + low) if high + low > 0 else 0.0


def regularity(work: Work) -> float:
    """Mean of what speaks for a fixed routine: the same next step, the same hands, the same time; each 0 to 1."""
    parts = (
        1 - work.following.evenness,
        1 - work.hands.evenness,
        1 - dispersion(work.low or 0.0, work.high or 0.0),
    )
    return sum(parts) / len(parts)


def ranked(works: Iterable[Work], limit: int) -> dict[str, Any]:
    """:return: as ``definition.opportunities`` answers, without words"""
    found = [_told(work) for work in works if _counts(work)]
    found.sort(key=lambda row: (-row["score"], row["activity"]))
    return {"total": len(found), "opportunities": found[:limit]}


def _counts(work: Work) -> bool:
    return bool(work.median) and work.following.total >= LEAST_STEPS


def _told(work: Work) -> dict[str, Any]:
    steps, median = work.following.total, work.median or 0.0
    regular = regularity(work)
    return {
        "activity": work.name,
        "steps": steps,
        "people": work.hands.kinds,
        "hours": round((work.waited or 0.0) / 3600, 6),
        "median_seconds": round(median, 6),
        "next": work.usual or False,
        "next_share": round(work.following.largest / steps, 6),
        "next_regularity": round(1 - work.following.evenness, 6),
        "hands_regularity": round(1 - work.hands.evenness, 6),
        "time_regularity": round(1 - dispersion(work.low or 0.0, work.high or 0.0), 6),
        "regularity": round(regular, 6),
        "score": round(steps * median / 3600 * regular, 6),
        "examples": work.examples,
    }
