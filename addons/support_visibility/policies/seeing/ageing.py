"""How long open tickets have been open, in steps that ask for different things to be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Step(NamedTuple):
    """A ticket belongs here if its age is at least ``least`` and below ``below`` (None: no end)."""

    key: str
    least: timedelta
    below: timedelta | None

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime]:
        """:return: (opened after, opened at or before); None: at any time"""
        return (now - self.below if self.below else None, now - self.least)


STEPS = (
    Step("4h", timedelta(0), 4 * HOUR),
    Step("1d", 4 * HOUR, DAY),
    Step("3d", DAY, 3 * DAY),
    Step("7d", 3 * DAY, 7 * DAY),
    Step("older", 7 * DAY, None),
)
