"""Periods people think in: they begin at midnight where the reader is."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ..quiet.hours import zone_of

TODAY, WEEK, MONTH = "today", "week", "month"
DAYS = {TODAY: 1, WEEK: 7, MONTH: 30}  # today counts as one of them


def begin(period: str, now: datetime, tz: str) -> datetime:
    """When a period began.

    :param now: naive UTC
    :param tz: zone of the reader
    :return: naive UTC; midnight of the first day in that zone
    """
    zone = zone_of(tz)
    local = now.replace(tzinfo=timezone.utc).astimezone(zone)
    day = (local - timedelta(days=DAYS[period] - 1)).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)
