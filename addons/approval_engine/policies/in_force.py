"""Which of several active policies a request falls under, and which a new version replaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """Days on which a policy is in force, both included; None: without a bound on that side."""

    begin: date | None = None
    end: date | None = None

    def contains(self, day: date) -> bool:
        return (self.begin is None or self.begin <= day) and (
            self.end is None or day <= self.end
        )

    def is_over(self, day: date) -> bool:
        return self.end is not None and self.end < day

    def before(self, begin: date) -> Period | None:
        """:return: what is left of it before the day ``begin``; None: nothing"""
        last = begin - timedelta(days=1)
        if self.begin is not None and self.begin > last:
            return None
        return Period(self.begin, last if self.end is None else min(self.end, last))


@dataclass(frozen=True)
class Candidate:
    key: int
    sequence: int
    own_company: bool  # of the request's company, not of all
    conditional: bool  # has a condition of its own
    period: Period = Period()


def in_order(candidates: Iterable[Candidate], day: date) -> list[int]:
    """:return: keys in the order in which they are asked; the first whose condition holds is the policy

    The company's own come before those of all companies, those with a condition before the one
    without, then by sequence, then the newest.
    """
    live = [one for one in candidates if one.period.contains(day)]
    live.sort(key=lambda c: (not c.own_company, not c.conditional, c.sequence, -c.key))
    return [one.key for one in live]
