"""How often the public form takes a word from the same address or the same place."""

from __future__ import annotations

BY_SENDER = "by_sender"
BY_PLACE = "by_place"
WINDOW_MINUTES = 60
MOST_BY_SENDER = 5  # within the window
MOST_BY_PLACE = 20  # an office shares one address of the net


def refused(by_sender: int, by_place: int) -> str:
    """:return: why no more is taken now, "" if it is"""
    if by_sender >= MOST_BY_SENDER:
        return BY_SENDER
    return BY_PLACE if by_place >= MOST_BY_PLACE else ""
