"""What the overview says first: one sentence about how work flows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LATE_AFTER_SECONDS = 60  # work that is due for longer is not flowing

EMPTY = "empty"  #: nothing was ever heard
FLOWING = "flowing"  #: nothing is late, nobody is needed
NEEDED = "needed"  #: work flows, and some of it waits for a person
STUCK = "stuck"  #: work that is due is not carried out
BROKEN = "broken"  #: a health check fails


@dataclass(frozen=True)
class State:
    code: str  # one of the constants above
    late: tuple[str, ...] = ()  # queues whose work is overdue


def judge(
    *,
    heard: bool,
    lateness: Iterable[tuple[str, float]],
    exceptions: int,
    failing_checks: int,
) -> State:
    """How the hub does, the worst first.

    :param heard: was any message ever heard
    :param lateness: ``(queue, seconds for which its first row is due)``
    :param exceptions: how many things wait for a person
    """
    late = tuple(queue for queue, seconds in lateness if seconds > LATE_AFTER_SECONDS)
    if late:
        return State(STUCK, late)
    if failing_checks:
        return State(BROKEN)
    if exceptions:
        return State(NEEDED)
    return State(FLOWING if heard else EMPTY)


def success(done: int, failed: int) -> float | None:
    """Share of what was tried that worked, 0 … 1; None if nothing was tried."""
    tried = done + failed
    return done / tried if tried else None
