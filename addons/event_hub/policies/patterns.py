"""Which event types does a pattern mean?"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_PART = re.compile(r"[a-z0-9_.*?-]+")


def split(pattern: str | None) -> list[str]:
    """:return: the single patterns of a list such as ``billing.*, approval.executed``"""
    return [part for part in (pattern or "").replace(",", " ").split() if part]


def matches(pattern: str | None, event_type: str) -> bool:
    """``*`` stands for any text, also with dots; an empty pattern means nothing."""
    return any(fnmatchcase(event_type, part) for part in split(pattern))


def problem(pattern: str | None) -> str | None:
    """:return: the first part that is no pattern, ``""`` if there is none at all, None if all is well"""
    parts = split(pattern)
    if not parts:
        return ""
    return next((part for part in parts if not _PART.fullmatch(part)), None)
