"""Which managers above somebody are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = "levels"  # so many levels up
COVERING = "covering"  # the first whose own limit covers the amount
LINE = "line"  # everybody up to the first whose own limit covers the amount
REACHES = [
    (LEVELS, "So many levels up"),
    (COVERING, "The first whose limit covers the amount"),
    (LINE, "Everybody up to the one whose limit covers the amount"),
]

MAX_LEVELS = 20  # how far up a line is followed


@dataclass(frozen=True)
class Manager:
    user_id: int
    able: bool = True  # can open the request, and is not barred from deciding it
    limit: float = 0.0  # up to which amount they decide alone; 0: none


def asked(
    line: Sequence[Manager], reach: str, *, levels: int, amount: float
) -> list[int]:
    """Whoever is not able is passed over: their own manager counts in their place.

    Where no limit covers the amount nobody is asked: whoever is at the top does not decide
    beyond their limit.

    :param line: the managers from the nearest up
    :param amount: without sign, in the currency of the limits
    :return: the ids of those asked, from the nearest up
    """
    able = [manager for manager in line if manager.able]
    if reach == LEVELS:
        return [manager.user_id for manager in able[:levels]]
    covering = next(
        (n for n, manager in enumerate(able) if manager.limit >= amount), None
    )
    if covering is None:
        return []
    first = covering if reach == COVERING else 0
    return [manager.user_id for manager in able[first : covering + 1]]
