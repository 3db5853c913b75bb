"""Who is told by mail what waits for them, when, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

DIGEST_HOUR = 7  # local time of the reader, not before
SOON = timedelta(hours=24)  # until the next digest


@dataclass(frozen=True)
class Waiting:
    request_id: int
    due: datetime | None  # None: no deadline


@dataclass(frozen=True)
class Digest:
    """Ids of requests, the most urgent first. Without anything due there is no mail."""

    due: tuple[
        int, ...
    ] = ()  # overdue, due until the next digest, or without a deadline
    later: tuple[int, ...] = ()
    outcomes: tuple[int, ...] = ()  # of what they watch, the latest first
    lapsed: tuple[int, ...] = ()  # what they were asked and is no longer needed

    @property
    def is_worth_a_mail(self) -> bool:
        return bool(self.due or self.outcomes or self.lapsed)


@dataclass(frozen=True)
class Settled:
    """What came of a request that somebody watches, or was asked about."""

    request_id: int
    at: datetime


def is_time(local_now: datetime, local_last: datetime | None) -> bool:
    """:return: whether today's digest is still to be sent; both times in the reader's time zone"""
    told_today = local_last is not None and local_last.date() >= local_now.date()
    return local_now.hour >= DIGEST_HOUR and not told_today


def digest(
    now: datetime,
    waiting: Iterable[Waiting],
    settled: Iterable[Settled] = (),
    lapsed: Iterable[Settled] = (),
) -> Digest:
    """Sort what waits for one person; ``now`` and the deadlines in the same time zone.

    :param lapsed: said once, and not again among what they watch
    """
    gone = _latest_first(lapsed)
    ordered = sorted(waiting, key=lambda w: (w.due is None, w.due or now, w.request_id))
    due = [w for w in ordered if w.due is None or w.due <= now + SOON]
    later = [w for w in ordered if w not in due]
    return Digest(
        tuple(w.request_id for w in due),
        tuple(w.request_id for w in later) if due else (),
        tuple(id_ for id_ in _latest_first(settled) if id_ not in gone),
        gone,
    )


def _latest_first(settled: Iterable[Settled]) -> tuple[int, ...]:
    ordered = sorted(settled, key=lambda one: (one.at, one.request_id), reverse=True)
    return tuple(one.request_id for one in ordered)
