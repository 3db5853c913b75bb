"""The clock of a promise: how much of the time it was given has been used, and when it runs out.

A clock keeps what happened as segments without gaps: ``running`` (it counted), ``paused`` (it stood still, and why),
``closed`` (outside working hours). Pauses are facts. Running and closed follow from the working time, so a change of
calendar, target or policy is a new reading of the same facts: no pause is ever lost.
All times are naive UTC in whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from .spans import Span, merged, total, without
from .working_time import WorkingTime

RUNNING, PAUSED, CLOSED = "running", "paused", "closed"
MET, BREACHED, VOID = "met", "breached", "void"
STATES = [
    (RUNNING, "Running"),
    (PAUSED, "Paused"),
    (MET, "Met"),
    (BREACHED, "Breached"),
    (VOID, "Does Not Count"),
]


class Segment(NamedTuple):
    begin: datetime
    end: datetime
    kind: str  # RUNNING, PAUSED or CLOSED
    why: str = ""  # of a pause


@dataclass(frozen=True)
class Clock:
    """:param target: seconds of working time given
    :param segments: from ``started_at`` on, without gaps; they end where somebody last looked
    :param pause: why it stands still since the last segment; None: it goes on
    :param stopped_at: when what was promised was done
    :param breached_at: when the time ran out before that; it never becomes None again
    """

    started_at: datetime
    target: int
    segments: tuple[Segment, ...] = ()
    pause: str | None = None
    stopped_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def seen_until(self) -> datetime:
        return self.segments[-1].end if self.segments else self.started_at

    @property
    def state(self) -> str:
        if self.breached_at:
            return BREACHED
        if self.stopped_at:
            return MET
        return RUNNING if self.pause is None else PAUSED

    def seconds(self, kind: str) -> int:
        spans = ((s.begin, s.end) for s in self.segments if s.kind == kind)
        return int(total(spans).total_seconds())


def whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def looked_at(clock: Clock, now: datetime, working: WorkingTime) -> Clock:
    """The clock with segments up to ``now``, and its breach if the time ran out by then.

    Looking is free of side effects on what comes later: looking twice is the same as looking once.
    """
    now = whole(now)
    if clock.stopped_at or now <= clock.seen_until:
        return clock
    due = due_at(clock, working)
    segments = joined([*clock.segments, *_since(clock, now, working)])
    breached = clock.breached_at or (due if due and due < now else None)
    return replace(clock, segments=segments, breached_at=breached)


def _since(clock: Clock, now: datetime, working: WorkingTime) -> Iterator[Segment]:
    bounds = (clock.seen_until, now)
    if clock.pause is not None:
        yield Segment(*bounds, PAUSED, clock.pause)
        return
    yield from split(bounds, working)


def split(bounds: Span, working: WorkingTime) -> Iterator[Segment]:
    """:return: the time of ``bounds`` as running and closed segments"""
    at = bounds[0]
    for begin, end in working.spans(*bounds):
        if at < begin:
            yield Segment(at, begin, CLOSED)
        yield Segment(begin, end, RUNNING)
        at = end
    if at < bounds[1]:
        yield Segment(at, bounds[1], CLOSED)


def joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """:return: neighbours of one kind as one segment"""
    result: list[Segment] = []
    for segment in segments:
        last = result[-1] if result else None
        if last and (last.kind, last.why) == (segment.kind, segment.why):
            result[-1] = last._replace(end=segment.end)
        else:
            result.append(segment)
    return tuple(result)


def due_at(clock: Clock, working: WorkingTime) -> datetime | None:
    """When the time given runs out, if nothing pauses it from now on.

    :return: None while it is paused with time left, and if there is no working time to come
    """
    left = clock.target - clock.seconds(RUNNING)
    if left <= 0:
        return _used_up_at(clock)
    if clock.pause is not None:
        return None
    return reached_at(clock.seen_until, left, working)


def _used_up_at(clock: Clock) -> datetime:
    left = timedelta(seconds=clock.target)
    for segment in clock.segments:
        if segment.kind == RUNNING:
            if segment.end - segment.begin >= left:
                return segment.begin + left
            left -= segment.end - segment.begin
    return clock.started_at  # nothing was given


def reached_at(
    start: datetime,
    seconds: int,
    working: WorkingTime,
    pauses: Sequence[Span] = (),
) -> datetime | None:
    """:return: when so many seconds of working time have passed since ``start``; None: not in sight"""
    left = timedelta(seconds=seconds)
    if not left:
        return start
    for begin, end in without(working.spans(start), merged(pauses)):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def paused(clock: Clock, now: datetime, why: str, working: WorkingTime) -> Clock:
    """:return: the clock standing still since ``now``; one that has stopped stays as it is"""
    if clock.stopped_at or clock.pause == why:
        return clock
    return replace(looked_at(clock, now, working), pause=why)


def resumed(clock: Clock, now: datetime, working: WorkingTime) -> Clock:
    if clock.stopped_at or clock.pause is None:
        return clock
    return replace(looked_at(clock, now, working), pause=None)


def stopped(clock: Clock, now: datetime, working: WorkingTime) -> Clock:
    """:return: the clock of a promise that was kept at ``now``, in time or late"""
    if clock.stopped_at:
        return clock
    clock = looked_at(clock, now, working)
    return replace(clock, stopped_at=max(whole(now), clock.seen_until), pause=None)


def restarted(clock: Clock, now: datetime, why: str) -> Clock:
    """The same clock going on after it had stopped: the time in between is a pause.

    :param why: of the pause, such as "solved"
    """
    if not clock.stopped_at:
        return clock
    gap = Segment(clock.seen_until, max(whole(now), clock.seen_until), PAUSED, why)
    segments = joined([*clock.segments, gap] if gap.begin < gap.end else clock.segments)
    return replace(clock, segments=segments, stopped_at=None, pause=None)


def reread(clock: Clock, working: WorkingTime, target: int | None = None) -> Clock:
    """The facts read anew under another working time or target.

    Pauses stay. A breach stays. A clock that has used up more than its new target is late from the moment it had.
    """
    segments = joined(
        part
        for segment in _facts(clock.segments)
        for part in (
            [segment]
            if segment.kind == PAUSED
            else split((segment.begin, segment.end), working)
        )
    )
    clock = replace(
        clock, segments=segments, target=clock.target if target is None else target
    )
    if clock.breached_at or clock.seconds(RUNNING) <= clock.target:
        return clock
    return replace(clock, breached_at=_used_up_at(clock))


def _facts(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """:return: running and closed time as one: what is left are the pauses"""
    return joined(
        segment if segment.kind == PAUSED else segment._replace(kind=RUNNING)
        for segment in segments
    )


def next_look(
    clock: Clock, working: WorkingTime, warnings: Sequence[int]
) -> datetime | None:
    """When something has to be said about the clock next.

    :param warnings: percent of the time used at which people want to know, not said yet
    :return: None: nothing to come, as things stand
    """
    if clock.stopped_at or clock.breached_at or clock.pause is not None:
        return None
    moments = (share_at(clock, percent, working) for percent in (*warnings, 100))
    return min((moment for moment in moments if moment), default=None)


def share_at(clock: Clock, percent: int, working: WorkingTime) -> datetime | None:
    """:return: when this share of the time given is used; None if it stands still or never will be"""
    return due_at(replace(clock, target=-(-clock.target * percent // 100)), working)


def share_used(clock: Clock, now: datetime, working: WorkingTime) -> float:
    """:return: percent of the time given that is used at ``now``; more than 100 when late"""
    used = looked_at(clock, now, working).seconds(RUNNING)
    return 100.0 * used / clock.target if clock.target else 100.0


def wall_seconds(clock: Clock) -> int:
    """:return: all the time between start and the last look: running, paused and closed together"""
    return int((clock.seen_until - clock.started_at).total_seconds())


def paused_spans(clock: Clock) -> Iterator[Span]:
    return ((s.begin, s.end) for s in clock.segments if s.kind == PAUSED)
