"""Which event types does a pattern mean?"""

from __future__ import annotations

from fnmatch import fnmatchcase


def split(pattern: str | None) -> list[str]:
    """:return: the single patterns of a list such as ``billing.*, approval.executed``"""
    return [part for part in (pattern or "").replace(",", " ").split() if part]


def matches(pattern: str | None, event_type: str) -> bool:
    """``*`` stands for any text, also with dots; an empty pattern means nothing."""
    return any(fnmatchcase(event_type, part) for part in split(pattern))
