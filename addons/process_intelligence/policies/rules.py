"""What a process has to keep to: kinds of rules, what each needs, and what their figures add up to.

The kinds are the constraint templates of DECLARE (Pesic & van der Aalst 2006/2007), read over finite traces
(LTLf, De Giacomo & Vardi 2013). A case in which a rule asks for nothing keeps it vacuously (Kupferman & Vardi
2003), so it is told apart: of ``cases``, ``applies`` counts those in which the rule asks for something. A breach
that a later step could still heal is *possibly* violated in the sense of RV-LTL (Bauer, Leucker & Schallhart 2010).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Any, NamedTuple

EVERY_CASE = frozenset({"existence", "absence", "exactly", "init", "end", "norm"})
TWO = frozenset(
    {
        *("response", "precedence", "succession"),
        *("chain_response", "chain_precedence", "chain_succession"),
        *("not_coexistence", "within", "four_eyes"),
    }
)
COUNTED = frozenset({"existence", "exactly"})
#: What a rule asks about beside its first activity; a field that is not named here says nothing in that kind.
_ASKED: dict[str, tuple[str, ...]] = {
    **{kind: ("other_activity_id",) for kind in TWO},
    **{kind: ("times",) for kind in COUNTED},
    "within": ("other_activity_id", "within_seconds", "clock"),
    "allowed": ("resources",),
}
KINDS = (
    *("existence", "absence", "exactly", "init", "end"),
    *("response", "precedence", "succession"),
    *("chain_response", "chain_precedence", "chain_succession"),
    *("not_coexistence", "within", "four_eyes", "allowed", "norm"),
)
SIGNIFICANT_Z = 1.96  # two-sided, 5 %


@dataclass(frozen=True)
class Norm:
    """Steps that cases start with, end with, and may go between; ids of activities."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    moves: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Rule:
    """A rule as the questions read it; activities are ids, ``within`` is in seconds."""

    kind: str
    first: int | None = None
    second: int | None = None
    times: int = 1
    within: float = 0
    business: bool = False
    resources: tuple[str, ...] = ()
    norm: Norm | None = None


def asked(kind: str) -> tuple[str, ...]:
    """:return: names of the fields that say what a rule of this kind asks for"""
    return ("norm",) if kind == "norm" else ("activity_id", *_ASKED.get(kind, ()))


def missing(
    kind: str,
    *,
    first: object,
    second: object,
    times: int,
    within: float,
    resources: Sequence[str],
) -> list[str]:
    """:return: names of the fields that a rule of this kind still needs, in the order of the form"""
    wanted = {
        "activity_id": kind != "norm" and not first,
        "other_activity_id": kind in TWO and not second,
        "times": kind in COUNTED and times < 1,
        "within_seconds": kind == "within" and within < 1,
        "resources": kind == "allowed" and not resources,
    }
    return [name for name, lacks in wanted.items() if lacks]


def lines(text: str | None) -> tuple[str, ...]:
    """:return: the names in a text with one a line, each once"""
    return tuple(dict.fromkeys(filter(None, map(str.strip, (text or "").splitlines()))))


# ---------------------------------------------------------------------- figures


class Month(NamedTuple):
    """Cases that started in a month.

    :param may_heal: of the violated, those in which every breach could still be healed
    :param unknown: cases without a breach, where a resource that the rule asks for is not known
    """

    month: datetime
    cases: int
    applies: int
    violated: int
    may_heal: int
    unknown: int


def figures(months: Iterable[Month]) -> dict[str, Any]:
    """:return: ``{"cases", "applies", "violated", "may_heal", "unknown", "ok_share", "trend": [{"month", …}]}``"""
    months = sorted(months)
    totals = [sum(column) for column in zip(*(m[1:] for m in months), strict=True)]
    return {
        **_told(*(totals or [0] * 5)),
        "trend": [{"month": f"{m.month:%Y-%m}", **_told(*m[1:])} for m in months],
    }


def _told(
    cases: int, applies: int, violated: int, may_heal: int, unknown: int
) -> dict[str, Any]:
    return {
        "cases": cases,
        "applies": applies,
        "violated": violated,
        "may_heal": may_heal,
        "unknown": unknown,
        "ok_share": (applies - violated) / applies if applies else False,
    }


# ---------------------------------------------------------------------- the norm


@dataclass(frozen=True)
class Way:
    """A way that ``count`` cases went."""

    path: Sequence[str]
    count: int


def usual_ways(ways: Iterable[Way], cases: int, coverage: float) -> list[Way]:
    """The most frequent ways that together hold at least ``coverage`` of the cases, as few as possible.

    :param ways: most frequent first
    """
    kept: list[Way] = []
    held = 0
    for way in ways:
        if held >= coverage * cases:
            break
        kept.append(way)
        held += way.count
    return kept


def frozen(ways: Sequence[Way], coverage: float) -> dict[str, Any]:
    """The directly-follows relation of these ways, as a norm is kept.

    :return: ``{"coverage", "starts": [name], "ends": [name], "moves": [[name, name]]}``
    """
    moves = {pair for way in ways for pair in zip(way.path, way.path[1:], strict=False)}
    return {
        "coverage": coverage,
        "starts": sorted({way.path[0] for way in ways}),
        "ends": sorted({way.path[-1] for way in ways}),
        "moves": sorted(map(list, moves)),
    }


class Period(NamedTuple):
    cases: int
    off: int


def drift(recent: Period, before: Period) -> dict[str, Any]:
    """Whether cases leave the norm more often than before; pooled two-proportion z-test.

    :return: ``{"recent": {"cases", "off", "share"}, "before", "points", "significant"}``; points: percentage points
        more than before; shares and points are false where there is no case
    """
    shares = [
        part.off / part.cases if part.cases else False for part in (recent, before)
    ]
    compared = all(part.cases for part in (recent, before))
    return {
        "recent": {**recent._asdict(), "share": shares[0]},
        "before": {**before._asdict(), "share": shares[1]},
        "points": 100 * (shares[0] - shares[1]) if compared else False,
        "significant": compared and abs(_z(recent, before)) >= SIGNIFICANT_Z,
    }


def _z(one: Period, two: Period) -> float:
    pooled = (one.off + two.off) / (one.cases + two.cases)
    spread = sqrt(pooled * (1 - pooled) * (1 / one.cases + 1 / two.cases))
    return (one.off / one.cases - two.off / two.cases) / spread if spread else 0.0
