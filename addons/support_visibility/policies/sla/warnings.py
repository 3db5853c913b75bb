"""Which shares of a promise's time people are told about."""

from __future__ import annotations

from collections.abc import Iterable

OFFERED = (50, 75, 90)


def passed(wanted: Iterable[int], told: int, used: float) -> list[int]:
    """:param told: the highest share said before, 0 for none
    :param used: percent of the time used
    :return: shares to be said now; a late look says them all at once, and only the highest is worth a message
    """
    return sorted(share for share in wanted if told < share <= used)


def to_come(wanted: Iterable[int], told: int) -> list[int]:
    return sorted(share for share in wanted if share > told)
