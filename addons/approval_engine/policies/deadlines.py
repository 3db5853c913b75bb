"""When a decision is due, when to remind, what happens when nobody decided, when to try again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

EXPIRE = "expire"
REJECT = "reject"
TIMEOUT_ACTIONS = [(EXPIRE, "The request expires"), (REJECT, "The request is rejected")]

REMIND_SHARE = 0.25  # of the time given: remind when this much of it is left
REMIND_AT_LEAST = timedelta(hours=1)

MAX_RETRIES = 5  # after the first attempt
RETRY_BASE = timedelta(seconds=30)
RETRY_FACTOR = 4  # 30 s, 2 min, 8 min, 32 min, 2 h 8 min


def due_at(
    start: datetime,
    hours: float,
    working: Iterable[tuple[datetime, datetime]] | None = None,
) -> datetime | None:
    """When the time given has run out.

    :param hours: 0 or less: no deadline
    :param working: working time as (from, to), in order, not overlapping; None: the clock never stops
    :return: None without a deadline, or if the working time given does not suffice
    """
    if hours <= 0:
        return None
    left = timedelta(hours=hours)
    if working is None:
        return start + left
    for begin, end in working:
        span = end - max(begin, start)
        if span >= left:
            return max(begin, start) + left
        left -= max(span, timedelta())
    return None


def remind_at(start: datetime, due: datetime) -> datetime:
    """Late enough not to nag, early enough to act: a quarter of the time before, at least an hour.

    Of a short time at most the half: nobody is reminded of what they were just asked.
    """
    given = due - start
    return due - min(max(given * REMIND_SHARE, REMIND_AT_LEAST), given / 2)


def timeout_state(action: str) -> str:
    """What a request becomes that nobody decided in time. Never approved, whatever ``action`` says."""
    return "rejected" if action == REJECT else "expired"


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When to carry out again what failed.

    :param attempts: made so far, at least 1
    :return: None if it was the last one
    """
    if attempts > MAX_RETRIES:
        return None
    return now + RETRY_BASE * float(RETRY_FACTOR ** (attempts - 1))


OVERDUE, SOON, LATER = "overdue", "soon", "later"
SOON_HOURS = 8


def urgency(now: datetime, due: datetime) -> tuple[str, timedelta]:
    """:return: how urgent a decision is, and the time left (or, if overdue, the time since)"""
    left = due - now
    if left < timedelta():
        return OVERDUE, -left
    return (SOON if left <= timedelta(hours=SOON_HOURS) else LATER), left


def span_parts(span: timedelta) -> tuple[int, int, int]:
    """:return: (days, hours, minutes) as people say them: no hours beyond a week, no minutes beyond a day"""
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 7:
        return days, 0, 0
    return (days, hours, 0) if days else (0, hours, minutes)
