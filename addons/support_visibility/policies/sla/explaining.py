"""Why a deadline is what it is: the steps that led there, each with the numbers to check it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .clock import (
    CLOSED,
    PAUSED,
    RUNNING,
    Clock,
    Segment,
    due_at,
    joined,
    looked_at,
    split,
)
from .working_time import WorkingTime

MOST_SPANS = 24  # more are said as sums; nobody checks thirty nights


@dataclass(frozen=True)
class Step:
    """:param code: ran, closed, paused, sum, left, due, standing, never, met, late
    :param used: seconds of the target used after this step
    """

    code: str
    begin: datetime | None = None
    end: datetime | None = None
    seconds: int = 0
    used: int = 0
    why: str = ""


def steps(clock: Clock, now: datetime, working: WorkingTime) -> Iterator[Step]:
    """:return: what has been, then what is to come"""
    clock = looked_at(clock, now, working)
    yield from _past(clock.segments)
    yield from _end(clock, working)


def _past(segments: tuple[Segment, ...]) -> Iterator[Step]:
    used = 0
    if len(segments) > MOST_SPANS:
        earlier, segments = segments[:-MOST_SPANS], segments[-MOST_SPANS:]
        used = _seconds(earlier, RUNNING)
        yield Step("sum", earlier[0].begin, earlier[-1].end, used, used)
    for segment in segments:
        seconds = int((segment.end - segment.begin).total_seconds())
        used += seconds if segment.kind == RUNNING else 0
        code = {RUNNING: "ran", PAUSED: "paused", CLOSED: "closed"}[segment.kind]
        yield Step(code, segment.begin, segment.end, seconds, used, segment.why)


def _end(clock: Clock, working: WorkingTime) -> Iterator[Step]:
    used = clock.seconds(RUNNING)
    if clock.breached_at:
        yield Step(
            "late", clock.breached_at, clock.stopped_at, used - clock.target, used
        )
    elif clock.stopped_at:
        yield Step("met", clock.stopped_at, None, clock.target - used, used)
    elif clock.pause is not None:
        yield Step(
            "standing", clock.seen_until, None, clock.target - used, used, clock.pause
        )
    else:
        yield from _to_come(clock, working, used)


def _to_come(clock: Clock, working: WorkingTime, used: int) -> Iterator[Step]:
    due = due_at(clock, working)
    if due is None:
        yield Step("never", clock.seen_until, None, clock.target - used, used)
        return
    ahead = joined(split((clock.seen_until, due), working))
    for segment in ahead[:MOST_SPANS]:
        if segment.kind == RUNNING:
            seconds = int((segment.end - segment.begin).total_seconds())
            used += seconds
            yield Step("left", segment.begin, segment.end, seconds, used)
    yield Step("due", due, None, 0, clock.target)


def _seconds(segments: tuple[Segment, ...], kind: str) -> int:
    return int(
        sum((s.end - s.begin).total_seconds() for s in segments if s.kind == kind)
    )
