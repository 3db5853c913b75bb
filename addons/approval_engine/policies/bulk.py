"""What is being approved when several requests are approved at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# why a request is left out: stable codes, the wording belongs to the model
NOT_MINE = "not_mine"  # does not wait for this person
OVERDUE = "overdue"  # its deadline has passed
NEEDS_OPTION = "needs_option"  # an option has to be chosen on its page


@dataclass(frozen=True)
class Item:
    id: int
    currency: str
    amount: float
    waits_for_me: bool
    overdue: bool = False
    needs_option: bool = False


@dataclass(frozen=True)
class Summary:
    ready: tuple[int, ...]
    sums: tuple[tuple[str, float], ...]  # (currency, sum of the ready), largest first
    left_out: tuple[tuple[int, str], ...]  # (id, code)


def problem(item: Item) -> str | None:
    """:return: why this one cannot be approved together with others, or None"""
    if not item.waits_for_me:
        return NOT_MINE
    if item.overdue:
        return OVERDUE
    return NEEDS_OPTION if item.needs_option else None


def summarise(items: Iterable[Item]) -> Summary:
    ready: list[int] = []
    left_out: list[tuple[int, str]] = []
    sums: dict[str, float] = {}
    for item in items:
        code = problem(item)
        if code:
            left_out.append((item.id, code))
            continue
        ready.append(item.id)
        if item.amount:
            sums[item.currency] = sums.get(item.currency, 0.0) + item.amount
    by_size = sorted(sums.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return Summary(tuple(ready), tuple(by_size), tuple(left_out))
