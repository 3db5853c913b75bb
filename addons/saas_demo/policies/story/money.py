"""Three months of invoices: most are paid, some late, some not yet."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from . import cast
from .accounts import CURRENCY, monthly_amount, short_code
from .moments import working_moment
from .shapes import Account, PastEvent, Subscription

RETRY_EVERY = timedelta(days=2)  # of a failed collection


def payments(
    account: Account,
    entry: cast.Cast,
    subscription: Subscription,
    today: date,
    rng: random.Random,
) -> list[PastEvent]:
    events = []
    for month in (3, 2, 1):
        money = {
            "invoice": f"INV-{short_code(account)}-{4 - month:02d}",
            "amount": monthly_amount(entry),
            "currency": CURRENCY,
            "subscription": subscription.reference,
        }
        due = working_moment(today, 30 * month - 5, rng)
        events += _invoice(account, entry, money, due, month, rng)
    return events


def _invoice(
    account: Account,
    entry: cast.Cast,
    money: dict[str, Any],
    due: datetime,
    month: int,
    rng: random.Random,
) -> list[PastEvent]:
    """:param month: how many months ago it was due"""
    late = entry.plot in (cast.PAYING_LATE, cast.SINKING) and month <= 2
    disputed = entry.plot in (cast.DISPUTING, cast.SINKING) and month == 1
    failures = 2 if late else int(rng.random() < 0.08)
    if disputed:
        failures = max(failures, 1)
    events = [
        _failure(account, money, number, due, rng) for number in range(1, failures + 1)
    ]
    if disputed:
        disputed_at = events[-1].occurred_at + timedelta(days=1)
        events.append(_dispute(account, money, disputed_at))
    elif not late or month > 1:
        paid_at = due + RETRY_EVERY * failures + timedelta(minutes=7)
        events.append(_payment(account, money, paid_at))
    return events


def _failure(
    account: Account,
    money: dict[str, Any],
    number: int,
    due: datetime,
    rng: random.Random,
) -> PastEvent:
    return PastEvent(
        "billing",
        "billing.payment_failed",
        account.code,
        due + RETRY_EVERY * (number - 1),
        f"past-{money['invoice']}-f{number}",
        {**money, "attempt": number, "decline_code": rng.choice(cast.DECLINES)},
    )


def _dispute(account: Account, money: dict[str, Any], at: datetime) -> PastEvent:
    return PastEvent(
        "billing",
        "billing.invoice_disputed",
        account.code,
        at,
        f"past-{money['invoice']}-d",
        {
            "invoice": money["invoice"],
            "reason": "Seats on the invoice do not match the contract.",
        },
    )


def _payment(account: Account, money: dict[str, Any], at: datetime) -> PastEvent:
    return PastEvent(
        "billing",
        "billing.payment_succeeded",
        account.code,
        at,
        f"past-{money['invoice']}-p",
        money,
    )
