"""How complete the data of a process are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """So many of so many; ``share`` in percent, None where there is nothing to look at."""

    key: str
    good: int
    of: int

    @property
    def share(self) -> float | None:
        return round(100 * self.good / self.of, 2) if self.of else None


def code_part(rows: Iterable[tuple[int, int, int]]) -> Part:
    """:param rows: ``(activity, events, events with a code)`` of activities that carry codes"""
    found = list(rows)
    return Part("code", sum(row[2] for row in found), sum(row[1] for row in found))


def answer(parts: Iterable[Part]) -> dict[str, Any]:
    """:return: the share of each part (false where there is none) and ``counts`` ``{key: [so many, of so many]}``"""
    found = list(parts)
    return {
        **{part.key: False if part.share is None else part.share for part in found},
        "counts": {part.key: [part.good, part.of] for part in found},
    }
