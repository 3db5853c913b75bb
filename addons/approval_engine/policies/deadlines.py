"""When a decision is due, when to remind, what happens when nobody decided, when to try again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

EXPIRE = "expire"
REJECT = "reject"
ESCALATE = "escalate"
TIMEOUT_ACTIONS = [
    (EXPIRE, "The request expires"),
    (REJECT, "The request is rejected"),
    (ESCALATE, "The policy owner is asked, then it expires"),
]
TIMEOUT_WORDS = {  # how the sentence of a policy ends; all others expire
    REJECT: "the request is rejected",
    ESCALATE: "the policy owner is asked, with the same time again",
}

Spans = Iterable[tuple[datetime, datetime]]  # (from, to), in order, not overlapping

MOST_PAUSE_HOURS = (
    72.0  # a question stops the clock of a policy without a deadline at most
)
REMIND_SHARE = 0.25  # of the time given: remind when this much of it is left
REMIND_AT_LEAST = timedelta(hours=1)

MAX_RETRIES = 5  # after the first attempt
RETRY_BASE = timedelta(seconds=30)
RETRY_FACTOR = 4  # 30 s, 2 min, 8 min, 32 min, 2 h 8 min


def due_at(
    start: datetime,
    hours: float,
    working: Spans | None = None,
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


def worked(start: datetime, end: datetime, working: Spans | None = None) -> timedelta:
    """:return: how much of the time from ``start`` to ``end`` counts; none if it lies the other way round"""
    if working is None:
        return max(end - start, timedelta())
    spans = (min(to, end) - max(begin, start) for begin, to in working)
    return sum((max(span, timedelta()) for span in spans), timedelta())


def moved(
    moment: datetime,
    stopped: datetime,
    resumed: datetime,
    working: Spans | None = None,
) -> datetime:
    """Where a moment lies after the clock stood still: as much time is left as when it stopped.

    What lay before the stop stays where it was.
    """
    if moment <= stopped:
        return moment
    spans = None if working is None else list(working)
    left = worked(stopped, moment, spans)
    if not left:
        return max(moment, resumed)
    later = due_at(resumed, left.total_seconds() / 3600, spans)
    return moment + (resumed - stopped) if later is None else later


# ---------------------------------------------------------------------- reminders

REMINDER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|h)", re.IGNORECASE)
NO_REMINDER = "none"


def read_reminders(text: str) -> tuple[tuple[float, str], ...] | None:
    """Such as "50 %, 25 %, 2 h": how much is left of the time given, or how many hours.

    :return: ((number, "%" or "h"), …); empty: no reminder; None: the usual one

    :raises ValueError: with the part that cannot be read
    """
    parts = [
        part.strip() for part in re.split(r"[;\n]|(?<=[%hH])\s*,|,(?=\s|$)", text or "")
    ]
    parts = [part for part in parts if part]
    if not parts:
        return None
    if [part.lower() for part in parts] == [NO_REMINDER]:
        return ()
    return tuple(_read_reminder(part) for part in parts)


def _read_reminder(part: str) -> tuple[float, str]:
    found = REMINDER.fullmatch(part)
    if not found:
        raise ValueError(part)
    number, unit = float(found[1].replace(",", ".")), found[2].lower()
    if number <= 0 or (unit == "%" and number >= 100):
        raise ValueError(part)
    return number, unit


def reminders_at(
    start: datetime,
    due: datetime,
    hours: float,
    wanted: Sequence[tuple[float, str]] | None,
    working: Spans | None = None,
) -> list[datetime]:
    """When to remind, the first one first: none at the start or before it, none at the end.

    :param hours: the time given
    :param wanted: of ``read_reminders``
    """
    if wanted is None:
        return [remind_at(start, due)]
    spans = None if working is None else list(working)
    after = {
        hours - (hours * number / 100 if unit == "%" else number)
        for number, unit in wanted
    }
    moments = (due_at(start, used, spans) for used in sorted(after) if used > 0)
    return sorted({m for m in moments if m is not None and start < m < due})


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
