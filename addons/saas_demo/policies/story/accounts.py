"""Who the customers are and what they bought."""

import random
from datetime import date, timedelta

from . import cast
from .shapes import Account, Concession, Subscription

CURRENCY = "EUR"
#: nobody owns Isle Ferries: a rule that needs an owner cannot run for it
OWNERLESS = frozenset({"ACC-034"})


def accounts() -> tuple[Account, ...]:
    return tuple(_account(number, entry) for number, entry in enumerate(cast.CAST, 1))


def account_code(number: int) -> str:
    return f"ACC-{number:03d}"


def short_code(account: Account) -> str:
    """The number in the account's code, for the names of what belongs to it."""
    return account.code.removeprefix("ACC-")


def _account(number: int, entry: cast.Cast) -> Account:
    domain = entry.name.lower().replace(" ", "-") + ".example"
    return Account(
        account_code(number),
        entry.name,
        entry.tier,
        entry.city,
        f"office@{domain}",
        f"https://{domain}",
    )


def subscription(
    account: Account, entry: cast.Cast, today: date, rng: random.Random
) -> Subscription:
    """A year or two old; the onboarding one started a month ago."""
    renewal = today + timedelta(days=entry.renewal_days)
    years = 1 if entry.plot == cast.ONBOARDING else rng.choice((1, 1, 2))
    start = (
        today - timedelta(days=34)
        if entry.plot == cast.ONBOARDING
        else renewal - timedelta(days=365 * years)
    )
    reference = "SUB-" + short_code(account)
    return Subscription(
        reference, account.code, entry.plan, entry.seats, start, renewal
    )


def monthly_amount(entry: cast.Cast) -> float:
    """What the account pays a month, EUR."""
    _name, price, period = cast.PLANS[entry.plan]
    return round(price * entry.seats / (12 if period == "year" else 1), 2)


def concessions(today: date) -> tuple[Concession, ...]:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    return (
        Concession("ACC-001", "credit", 900.0, ago(210), "Slow exports over two weeks"),
        Concession(
            "ACC-002", "credit", 1800.0, ago(160), "Outage of the sync component"
        ),
        Concession(
            "ACC-002", "discount", 1200.0, ago(65), "Kept the seats after a merger"
        ),
        Concession("ACC-004", "discount", 2500.0, ago(120), "Three-year commitment"),
        Concession("ACC-006", "credit", 240.0, ago(90), "Late start of a project"),
        Concession("ACC-010", "credit", 310.0, ago(45), "Webhook calls lost for a day"),
    )
