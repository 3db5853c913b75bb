"""Elapsed times, in the units that fields and figures use. All times are naive UTC."""

from __future__ import annotations

from datetime import datetime


def elapsed_seconds(start: datetime | None, end: datetime) -> int:
    """:return: whole seconds from ``start`` to ``end``; 0 without a start, and never negative"""
    return max(int((end - start).total_seconds()), 0) if start else 0


def elapsed_hours(start: datetime | None, end: datetime | None) -> float:
    """:return: hours with two decimals; 0.0 if either end is missing"""
    return round(elapsed_seconds(start, end) / 3600, 2) if start and end else 0.0


def age_words(days: float, *, is_open: bool, is_stale: bool) -> str:
    """:return: an age for a card, such as "today", "2 d", "9 d overdue" or "took 2 d" """
    words = f"{int(days)} d" if days >= 1 else "today"
    if not is_open:
        return f"took {words}" if days >= 1 else "took less than a day"
    return f"{words} overdue" if is_stale else words


def hours_words(minutes: int) -> str:
    """:return: such as "8 h", "1 h 30 min" or "45 min" """
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{rest} min"] if rest or not hours else []
    return " ".join(parts)
