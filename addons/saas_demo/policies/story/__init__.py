"""What happened before you came: ninety days in the life of a made-up SaaS company.

Everything follows from the moment it is told and a seed: the same moment tells the
same story on every machine. Nothing here touches the database; the models turn the
story into records and its events go the way real events go.
"""

import random
from datetime import datetime

from . import accounts as customers
from . import approvals, cast, money, orders, refunds, tickets, usage, waiting
from .accounts import CURRENCY, OWNERLESS
from .shapes import Story
from .telling import Batch, Turn, tell_in_order

__all__ = [
    "CURRENCY",
    "OWNERLESS",
    "SEED",
    "Batch",
    "Story",
    "Turn",
    "tell",
    "tell_in_order",
]

SEED = 19


def tell(now: datetime, seed: int = SEED) -> Story:
    """The whole story, dated relative to `now` (naive UTC)."""
    rng, today = random.Random(seed), now.date()
    accounts = customers.accounts()
    pairs = list(zip(accounts, cast.CAST, strict=True))
    bought = [customers.subscription(*pair, today, rng) for pair in pairs]
    events, assignments = usage.onboarding(today), []
    for (account, entry), subscription in zip(pairs, bought, strict=True):
        events += money.payments(account, entry, subscription, today, rng)
        for course in tickets.courses(account, entry, today, rng):
            events += tickets.events(account, course)
            if course.assignment:
                assignments.append(course.assignment)
        events += usage.reports(account, entry, today, rng)
    return Story(
        accounts=accounts,
        subscriptions=tuple(bought),
        events=tuple(sorted(events, key=lambda event: (event.occurred_at, event.id))),
        assignments=tuple(assignments),
        concessions=customers.concessions(today),
        asks=approvals.asks(now),
        letters=waiting.letters(now),
        process_log=refunds.process_log(today, rng),
        order_log=orders.order_log(today, rng),
    )
