"""How many promises were kept: met / (met + missed).

Missed: the time ran out, whether or not the work was done later; so a clock that still runs past its deadline counts.
Not judged: clocks still within their time, and those that do not count (spam, merged into another ticket).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .clock import BREACHED, MET


class Attainment(NamedTuple):
    met: int
    missed: int

    @property
    def judged(self) -> int:
        """The denominator."""
        return self.met + self.missed

    @property
    def share(self) -> float | None:
        """Percent; None without anything to judge, which is neither 0 nor 100."""
        return 100.0 * self.met / self.judged if self.judged else None


def attainment(states: Iterable[tuple[str, bool]]) -> Attainment:
    """:param states: (state of the clock, whether it runs past its deadline now)"""
    met = missed = 0
    for state, is_late in states:
        met += state == MET
        missed += state == BREACHED or (state != MET and is_late)
    return Attainment(met, missed)
