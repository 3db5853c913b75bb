"""What of the same batch was asked before and counts too, where a policy adds up a window of time."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Part:
    """One request of a batch, as far as it counts together with others."""

    key: Hashable  # requests with the same key count together
    moment: datetime  # when it is asked
    since: datetime  # what was asked after this counts
    size: float = 0.0  # without sign

    def with_size(self, size: float) -> Part:
        return replace(self, size=size)


def counted_earlier(parts: Sequence[Part]) -> list[float]:
    """:return: for each part the sizes of those before it in the batch that count too"""
    seen: dict[Hashable, list[Part]] = {}
    found = []
    for part in parts:
        before = seen.setdefault(part.key, [])
        found.append(
            sum(p.size for p in before if part.since < p.moment <= part.moment)
        )
        before.append(part)
    return found
