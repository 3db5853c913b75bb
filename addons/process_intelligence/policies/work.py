"""What counted work amounts to: shares, ranks, rates and costs. Seconds, unless said otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple


def share(part: float, whole: float) -> float:
    """:return: from 0 to 1, rounded to 6 digits; 0 of nothing"""
    return round(part / whole, 6) if whole else 0.0


def rate(part: float, whole: float) -> float | bool:
    """:return: as ``share``, but false where there is nothing to judge by"""
    return share(part, whole) if whole else False


def rounded(seconds: float | None) -> float | bool:
    """:return: false for what is not known"""
    return False if seconds is None else round(seconds, 6)


class Again(NamedTuple):
    """What of an activity is done again: see ``definition.rework``."""

    name: str | None
    cases: int
    repeats: int
    loops: int
    loop_cases: int
    return_cases: int
    seconds: float | None
    open_seconds: float | None


def rework(
    total: Again, activities: Iterable[Again], cases: int, finished: int, clean: int
) -> dict[str, Any]:
    """:return: as ``definition.rework`` answers, the most repeated activity first"""
    return {
        **_again(total, cases),
        "total_cases": cases,
        "finished_cases": finished,
        "first_pass_cases": clean,
        "first_pass_yield": rate(clean, finished),
        "activities": [
            {"name": row.name, **_again(row, cases)}
            for row in sorted(activities, key=lambda row: (-row.repeats, row.name))
        ],
    }


def _again(row: Again, cases: int) -> dict[str, Any]:
    return {
        "cases": row.cases,
        "share": share(row.cases, cases),
        "repeats": row.repeats,
        "self_loops": row.loops,
        "self_loop_cases": row.loop_cases,
        "returns": row.repeats - row.loops,
        "return_cases": row.return_cases,
        "seconds": round(row.seconds or 0.0, 6),
        "business_seconds": rounded(row.open_seconds),
    }


@dataclass(frozen=True, slots=True)
class Lost:
    """A move with its median and the time above it; the open ones None without a calendar."""

    source: str
    target: str
    count: int
    cases: int
    median: float
    lost: float
    open_median: float | None
    open_lost: float | None


def bottlenecks(rows: Iterable[Lost]) -> dict[str, Any]:
    """:return: as ``definition.bottlenecks`` answers, the most lost time first"""
    rows = sorted(rows, key=lambda row: (-row.lost, row.source, row.target))
    lost = sum(row.lost for row in rows)
    known = [row.open_lost for row in rows if row.open_lost is not None]
    open_lost = sum(known)
    return {
        "lost_seconds": round(lost, 6),
        "business_lost_seconds": round(open_lost, 6) if known else False,
        "moves": [
            {
                "source": row.source,
                "target": row.target,
                "count": row.count,
                "cases": row.cases,
                "median_seconds": round(row.median, 6),
                "lost_seconds": round(row.lost, 6),
                "share": share(row.lost, lost),
                "business_median_seconds": rounded(row.open_median),
                "business_lost_seconds": rounded(row.open_lost),
                "business_share": False
                if row.open_lost is None
                else share(row.open_lost, open_lost),
            }
            for row in rows
        ],
    }


class Hands(NamedTuple):
    """Steps of an activity by who did them."""

    name: str
    people: int
    machine: int
    unknown: int


def automation(rows: Iterable[Hands]) -> dict[str, Any]:
    """:return: as ``definition.automation`` answers, the activity with most steps first"""
    rows = sorted(rows, key=lambda row: (-sum(row[1:]), row.name))
    return {
        **_hands(
            *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True))
        ),
        "activities": [{"name": row.name, **_hands(*row[1:])} for row in rows],
    }


def _hands(people: int = 0, machine: int = 0, unknown: int = 0) -> dict[str, Any]:
    return {
        "steps": people + machine + unknown,
        "people": people,
        "machine": machine,
        "unknown": unknown,
        "rate": rate(machine, people + machine),
    }


@dataclass(frozen=True, slots=True)
class Spent:
    """An activity with its prices, per step and per hour after it."""

    name: str
    count: int
    seconds: float
    per_step: float
    per_hour: float

    @property
    def cost(self) -> float:
        return self.count * self.per_step + self.seconds / 3600 * self.per_hour


def cost(rows: Iterable[Spent], cases: int) -> dict[str, Any]:
    """:return: as ``definition.cost`` answers without the currency, the dearest activity first"""
    rows = sorted(rows, key=lambda row: (-row.cost, row.name))
    total = sum(row.cost for row in rows)
    return {
        "cases": cases,
        "total": round(total, 2),
        "per_case": round(total / cases, 2) if cases else False,
        "activities": [
            {
                "name": row.name,
                "count": row.count,
                "seconds": round(row.seconds, 6),
                "cost": round(row.cost, 2),
                "share": share(row.cost, total),
            }
            for row in rows
        ],
    }
