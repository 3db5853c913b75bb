"""When a person wants to hear nothing that can wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quiet:
    """Hours of the day in the person's zone, such as 22.5 to 7; the same twice: never quiet."""

    begin: float = 0.0
    end: float = 0.0
    tz: str = "UTC"


def loud_at(quiet: Quiet, at: datetime) -> datetime:
    """:param at: naive UTC
    :return: naive UTC, the first moment from ``at`` on that is not quiet
    """
    if quiet.begin == quiet.end:
        return at
    zone = zone_of(quiet.tz)
    local = at.replace(tzinfo=timezone.utc).astimezone(zone)
    hour = local.hour + local.minute / 60 + local.second / 3600
    if not _is_within(hour, quiet.begin, quiet.end):
        return at
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if hour >= quiet.end:
        midnight += DAY
    until = midnight + timedelta(minutes=round(quiet.end * 60))
    return max(
        at, until.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)
    )


def _is_within(hour: float, begin: float, end: float) -> bool:
    if begin < end:
        return begin <= hour < end
    return hour >= begin or hour < end


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
