"""Durations as people say them."""

from typing import NamedTuple

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 30.44 * DAY  # mean length


class Span(NamedTuple):
    unit: str  # seconds, minutes, hours, days, months
    value: float


def rough(seconds: float, in_hours: bool = False) -> Span:
    """One unit, at most one decimal, as the client says it (``static/src/process_map/format.js``).

    :param in_hours: nothing longer, as days of working time would be misread
    """
    if seconds < 90:
        return Span("seconds", round(seconds))
    if seconds < 90 * MINUTE:
        return Span("minutes", round(seconds / MINUTE))
    if in_hours or seconds < 36 * HOUR:
        return Span("hours", _short(seconds / HOUR))
    if seconds < 90 * DAY:
        return Span("days", _short(seconds / DAY))
    return Span("months", _short(seconds / MONTH))


def _short(value: float) -> float:
    """One decimal below ten, where it says anything."""
    rounded = round(value, 1) if value < 10 else round(value)
    return int(rounded) if rounded == int(rounded) else rounded
