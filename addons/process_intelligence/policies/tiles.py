"""What a tile says about lately: how long cases took, beside the span before."""

from __future__ import annotations

from typing import NamedTuple

DAYS = 30  # of a span
WEEKS = 12  # of the small picture
LEAST_ENDED = 5  # cases in each span, or nothing is said about a change
ALIKE = 0.05  # a median that moved less than this share has not moved

FASTER, SLOWER, AS_BEFORE = "faster", "slower", "alike"


class Span(NamedTuple):
    """:param ended: cases that ended in it
    :param median: seconds from their first to their last step; None without any"""

    ended: int
    median: float | None


class Change(NamedTuple):
    """:param share: of the median before; -0.25: a quarter less"""

    word: str
    share: float


def change(lately: Span, before: Span) -> Change | None:
    """:return: None where too few cases ended to compare, or the earlier ones took no time at all"""
    if min(lately.ended, before.ended) < LEAST_ENDED:
        return None
    if not before.median or lately.median is None:
        return None
    share = lately.median / before.median - 1
    if abs(share) < ALIKE:
        return Change(AS_BEFORE, share)
    return Change(FASTER if share < 0 else SLOWER, share)
