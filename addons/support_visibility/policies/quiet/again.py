"""When a word that could not be said is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_MINUTES = 2
MOST_MINUTES = 60
MOST_TRIES = 27  # nearly a day


def next_try(failed_before: int, now: datetime) -> datetime | None:
    """:param failed_before: how often it had failed before it failed now
    :return: when it is tried again: twice as late each time, an hour at most; None: no more
    """
    if failed_before + 1 >= MOST_TRIES:
        return None
    minutes = min(MOST_MINUTES, FIRST_MINUTES * 2 ** min(failed_before, 10))
    return now + timedelta(minutes=minutes)
