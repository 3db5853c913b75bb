"""Who has a ticket open, as far as others should be told. Times are naive UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

EXPIRES_AFTER = timedelta(seconds=60)  # without a sign of life
SIGN_EVERY = 25  # seconds between two signs of life; one may be lost


@dataclass(frozen=True)
class Viewer:
    user_id: int
    seen_at: datetime
    is_writing: bool = False


def is_here(viewer: Viewer, now: datetime) -> bool:
    return now - viewer.seen_at < EXPIRES_AFTER


def is_news(before: Viewer | None, is_writing: bool, now: datetime) -> bool:
    """:return: whether others see something change: somebody came (again), or began or ceased to write"""
    return before is None or not is_here(before, now) or before.is_writing != is_writing
