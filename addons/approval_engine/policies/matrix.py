"""Which line of the role matrix says who has a role for a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    """What is empty (0, "") fits everything. ``amount_from`` is exclusive, ``amount_to`` inclusive."""

    key: int
    type_id: int = 0
    company_id: int = 0
    tier: str = ""
    amount_from: float = 0.0
    amount_to: float = 0.0

    @property
    def is_banded(self) -> bool:
        return bool(self.amount_from or self.amount_to)

    def without_band(self) -> Line:
        return replace(self, amount_from=0.0, amount_to=0.0)


@dataclass(frozen=True)
class Case:
    """A request as the matrix sees it; ``amounts``: its size in the currency of each line, by key."""

    type_id: int
    company_id: int
    tier: str
    amounts: dict[int, float]


def fits(line: Line, case: Case) -> bool:
    size = abs(case.amounts[line.key])
    return (
        line.type_id in (0, case.type_id)
        and line.company_id in (0, case.company_id)
        and line.tier in ("", case.tier)
        and (not line.amount_from or size > line.amount_from)
        and (not line.amount_to or size <= line.amount_to)
    )


def find(lines: Iterable[Line], case: Case) -> Line | None:
    """:return: the most specific line that fits, None if there is none"""
    return max((ln for ln in lines if fits(ln, case)), key=_specificity, default=None)


def _specificity(line: Line) -> tuple[int, bool, bool, bool, bool, float, int]:
    """How much a line says; of two that say as much, company counts before type, tier and band.

    Of two bands the one that begins higher wins, of equals the older line.
    """
    said = (
        bool(line.company_id),
        bool(line.type_id),
        bool(line.tier),
        line.is_banded,
    )
    return (sum(said), *said, line.amount_from, -line.key)


def overlap(one: Line, other: Line) -> bool:
    """Whether two lines say as much about the same amount, so that neither is the more specific."""
    same = (one.type_id, one.company_id, one.tier, one.is_banded) == (
        other.type_id,
        other.company_id,
        other.tier,
        other.is_banded,
    )
    return same and _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Line, other: Line) -> bool:
    return not other.amount_to or one.amount_from < other.amount_to
