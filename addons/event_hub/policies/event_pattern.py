"""Patterns over event types: ``billing.*``, ``approval.executed``, ``*``; several by comma."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_PATTERN = re.compile(r"[a-z0-9_.*?\-]+")


def split(pattern: str) -> tuple[str, ...]:
    """``"billing.*, risk.health_changed"`` as its parts, in order, without empty ones."""
    return tuple(part for part in (piece.strip() for piece in pattern.split(",")) if part)


def problem(pattern: str) -> str | None:
    """The first part that is no pattern, ``""`` if there is none at all, None if all is well."""
    parts = split(pattern)
    if not parts:
        return ""
    return next((part for part in parts if not _PATTERN.fullmatch(part)), None)


def matches(pattern: str, event_type: str) -> bool:
    """Whether one part of ``pattern`` covers the type; an empty pattern covers nothing."""
    return any(fnmatchcase(event_type, part) for part in split(pattern))


def matching(patterns: Iterable[str], event_type: str) -> list[str]:
    """Those of ``patterns`` that cover the type."""
    return [pattern for pattern in patterns if matches(pattern, event_type)]
