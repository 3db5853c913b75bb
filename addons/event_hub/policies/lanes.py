"""In what lane a message waits, and what one worker may take from a source.

What concerns one case stays in one lane, so it is worked off in the order in which it came;
lanes run side by side. A message about cases of several lanes waits in ``SEVERAL``: it is
taken after everything its source sent before it, and before everything sent after it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from .cloudevents import CloudEvent, Item

LANES = 4
SEVERAL = -1
LAST = 2**31 - 1  # no id lies beyond it


@dataclass(frozen=True)
class Head:
    """What a source has waiting for a worker: ids of its oldest messages, None if there is none."""

    source_id: int
    single: int | None  # in the worker's lane
    several: int | None  # about several lanes


@dataclass(frozen=True)
class Share:
    """What a worker may take of a source, once it holds all of ``lanes`` of it."""

    source_id: int
    lanes: tuple[int, ...]  # to hold
    before: int = LAST  # id; only what came earlier is taken

    @property
    def whole(self) -> bool:
        return len(self.lanes) == LANES

    @property
    def taken_from(self) -> tuple[int, ...]:
        """Who holds every lane takes everything in order, also what is about several lanes."""
        return (*self.lanes, SEVERAL) if self.whole else self.lanes


def lane_of_case(key: str) -> int:
    """:return: 0 to ``LANES`` - 1; the same on every machine and in every release"""
    return zlib.crc32(key.encode("utf-8", "replace")) % LANES


def case_key(event: CloudEvent) -> str:
    """:return: the account an event is about, as its sender names it; else the sender's own name"""
    return event.subject or event.source


def lane_of_items(items: Iterable[Item]) -> int:
    """:param items: of one message; those that hold no event do not count"""
    lanes = {lane_of_case(case_key(item.event)) for item in items if item.event}
    if not lanes:
        return 0
    return lanes.pop() if len(lanes) == 1 else SEVERAL


def lane_to_wake(lane: int, message_id: int) -> int:
    """:return: the lane whose worker is told; any worker may take what is about several lanes"""
    return message_id % LANES if lane == SEVERAL else lane


def share(head: Head, lane: int | None) -> Share:
    """What the worker of ``lane`` may take of a source.

    :param lane: None: one worker for all lanes
    """
    everything = Share(head.source_id, tuple(range(LANES)))
    if lane is None or head.single is None:
        return everything
    if head.several is None:
        return Share(head.source_id, (lane,))
    if head.single < head.several:
        return Share(head.source_id, (lane,), before=head.several)
    return everything
