"""Spans of time as people say them."""

from __future__ import annotations


def minutes_words(minutes: float) -> str:
    """:return: such as ``4 h 12 min``, ``2 d 3 h``; rounded to the minute"""
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 48:
        return f"{hours} h {rest:02} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
