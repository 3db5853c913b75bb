"""How much the product is used, and how far a new customer has come."""

import random
from datetime import date, datetime, time, timedelta

from . import cast
from .accounts import accounts
from .shapes import Account, PastEvent

WEEKS = 8
ONBOARDING_ACCOUNT = 13  # Northwind Tooling


def reports(
    account: Account, entry: cast.Cast, today: date, rng: random.Random
) -> list[PastEvent]:
    """Active seats a week; fading accounts lose most of them."""
    events = []
    for week in range(WEEKS, 0, -1):
        fading = (
            0.1 * (WEEKS - week) if entry.plot in (cast.FADING, cast.SINKING) else 0.0
        )
        share = 0.82 - fading + rng.uniform(-0.03, 0.03)
        day = today - timedelta(days=7 * week - 1)
        active = max(1, round(entry.seats * share))
        events.append(_report(account, day, active))
    return events


def _report(account: Account, day: date, active: int) -> PastEvent:
    return PastEvent(
        "telemetry",
        "usage.reported",
        account.code,
        datetime.combine(day, time(2, 30)),
        f"past-{account.code}-u{day:%Y%m%d}",
        {
            "date": day.isoformat(),
            "metric": "active_users",
            "value": active,
            "seats_active": active,
        },
    )


def onboarding(today: date) -> list[PastEvent]:
    """Northwind Tooling waits for its data migration."""
    account = accounts()[ONBOARDING_ACCOUNT - 1]
    kickoff, migration = today - timedelta(days=28), today - timedelta(days=6)
    reached = {
        "milestone": "Kick-off",
        "due": kickoff.isoformat(),
        "done_at": kickoff.isoformat(),
    }
    late = {"milestone": "Data migrated", "due": migration.isoformat()}
    return [
        PastEvent(
            "telemetry",
            "onboarding.milestone_reached",
            account.code,
            datetime.combine(kickoff, time(15)),
            "past-onb-013-1",
            reached,
        ),
        PastEvent(
            "telemetry",
            "onboarding.milestone_late",
            account.code,
            datetime.combine(migration + timedelta(days=1), time(6)),
            "past-onb-013-2",
            late,
        ),
    ]
