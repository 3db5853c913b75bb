"""How often the public form takes a word from the same address or the same place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

WINDOW_MINUTES = 60
WINDOW = timedelta(minutes=WINDOW_MINUTES)
MOST_BY_SENDER = 5  # within the window
MOST_BY_PLACE = 20  # an office shares one address of the net


def wait_seconds(
    by_sender: Sequence[datetime], by_place: Sequence[datetime], now: datetime
) -> int:
    """:param by_sender: when words of this sender were taken
    :param by_place: when words from this place were taken
    :return: seconds until one more is taken; 0: it is taken now
    """
    ready = max(
        _ready(by_sender, MOST_BY_SENDER, now), _ready(by_place, MOST_BY_PLACE, now)
    )
    return max(0, ceil((ready - now).total_seconds()))


def _ready(taken: Sequence[datetime], most: int, now: datetime) -> datetime:
    """:return: when fewer than ``most`` of them lie within the window"""
    recent = sorted(at for at in taken if now - at < WINDOW)
    return recent[-most] + WINDOW if len(recent) >= most else now
