"""When a queue calls for somebody, and when it is quiet again."""

from __future__ import annotations

from dataclasses import dataclass

FIRING = "firing"  #: a threshold is passed; its owner was told
RECOVERED = "recovered"  #: below the thresholds again, or never above them

STATES = [(RECOVERED, "Quiet"), (FIRING, "Firing")]
TRANSITIONS: dict[str, frozenset[str]] = {
    FIRING: frozenset({RECOVERED}),
    RECOVERED: frozenset({FIRING}),
}

#: Share of a threshold below which an alert ends; in between it stays as it is, so that a queue
#: which hovers at its threshold tells its owner once and not every minute.
CALM = 0.8

AGE, DEPTH = "age", "depth"


@dataclass(frozen=True)
class Limits:
    """Zero means no limit."""

    age_seconds: int = 0
    depth: int = 0


@dataclass(frozen=True)
class Change:
    state: str
    reasons: tuple[str, ...] = ()  # AGE, DEPTH: what was passed; empty when it ends


def decide(*, firing: bool, depth: int, age: float, limits: Limits) -> Change | None:
    """What to change now, None if nothing.

    :param age: seconds
    """
    share = CALM if firing else 1.0
    reasons = tuple(
        name
        for name, value, limit in (
            (AGE, age, limits.age_seconds),
            (DEPTH, float(depth), limits.depth),
        )
        if limit and value > limit * share
    )
    if firing == bool(reasons):
        return None
    return Change(FIRING, reasons) if reasons else Change(RECOVERED)
