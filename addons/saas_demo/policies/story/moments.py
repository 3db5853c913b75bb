"""When things happen: on working days' hours, never in the future."""

import random
from datetime import date, datetime, time, timedelta


def working_moment(today: date, days_ago: int, rng: random.Random) -> datetime:
    """Some moment of the working hours, UTC, `days_ago` (at least 1) days before today."""
    minutes, second = rng.randrange(600), rng.randrange(60)
    return hour_of(today, days_ago, 7) + timedelta(minutes=minutes, seconds=second)


def hour_of(today: date, days_ago: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(today - timedelta(days=days_ago), time(hour, minute))
