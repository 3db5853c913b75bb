"""What an invoice's payment facts add up to.

The billing system reports facts: an attempt failed, a payment came in, the
customer disputes the invoice. They come late, twice and out of order. How an
invoice stands is therefore folded from *all* facts about it, ordered by when
they occurred, and never from the order in which we heard of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

FAILED = "failed"  #: an attempt to collect did not work
SUCCEEDED = "succeeded"  #: money came in, for all of the invoice or a part of it
DISPUTED = "disputed"  #: the customer disputes the invoice
OUTCOMES = (FAILED, SUCCEEDED, DISPUTED)

OPEN = "open"  #: not paid
PAID = "paid"  #: paid, nothing failed since
CONTESTED = "disputed"  #: not paid (or charged back) and in dispute

FIRST_SPELL = "first"  #: the unpaid spell before any payment we heard of


@dataclass(frozen=True)
class PaymentFact:
    """One thing the billing system said about an invoice.

    :param key: identity of the report; the same key twice is one report
    :param outcome: one of OUTCOMES
    :param occurred_at: when it happened (naive UTC), not when we heard of it
    :param sequence: order of arrival, decides between facts of the same instant
    :param attempt: number the billing system gave the attempt, if it gave one
    :param amount: what was asked for or paid, in major units; None if the report names none
    :param currency: ISO code of ``amount``
    """

    key: str
    outcome: str
    occurred_at: datetime
    sequence: int = 0
    attempt: int | None = None
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Standing:
    """How an invoice stands.

    :param failures: distinct failed attempts heard since the last payment
    :param spell: names the unpaid spell: FIRST_SPELL or the instant of the last
        payment that settled the invoice. It starts a new spell, also if we hear of it late.
    :param received: sum of payments since then, too small to settle it
    :param due: what has to come in to settle it; None if no report says so
    :param currency: in which all this counts; empty if no report says so
    :param unsettled: keys of the payments since then that did not settle it
    """

    state: str
    failures: int
    spell: str
    first_failed_at: datetime | None
    last_failed_at: datetime | None
    paid_at: datetime | None
    received: Decimal = Decimal(0)
    due: Decimal | None = None
    currency: str = ""
    unsettled: tuple[str, ...] = field(default=(), compare=False)

    @property
    def unpaid(self) -> bool:
        return self.state != PAID


def invoice_standing(facts: Iterable[PaymentFact]) -> Standing:
    """Fold the facts about one invoice into how it stands.

    * It is paid once the payments in its currency add up to what is due: the largest
      amount that a failed attempt was for; without one, the largest payment. Smaller
      payments, and those in another currency, leave it as it is: open, its failed
      attempts counted on. A payment whose report names no amount is for all of it.
    * A failed attempt counts if it occurred after the invoice was last paid.
    * The same attempt number reported twice in one spell (by two schemes, say)
      is one attempt. Attempts without a number count once per report.
    * The number itself never counts attempts we did not hear of.
    * A dispute stands until a payment; attempts that fail meanwhile count.
    """
    ordered = _in_order(facts)
    currency = _currency(ordered)
    due = _amount_due(ordered, currency)
    last_paid, received = _last_settled(ordered, due, currency)
    spell = ordered[last_paid + 1 :]
    failed = distinct_attempts(f for f in spell if f.outcome == FAILED)
    paid_at = ordered[last_paid].occurred_at if last_paid >= 0 else None
    return Standing(
        state=_state(spell, paid_at, len(failed)),
        failures=len(failed),
        spell=paid_at.isoformat() if paid_at else FIRST_SPELL,
        first_failed_at=failed[0].occurred_at if failed else None,
        last_failed_at=failed[-1].occurred_at if failed else None,
        paid_at=paid_at,
        received=received,
        due=due,
        currency=currency,
        unsettled=tuple(f.key for f in spell if f.outcome == SUCCEEDED),
    )


def _currency(ordered: list[PaymentFact]) -> str:
    """The currency of the first failed attempt, else of the first report with an amount."""
    named = [f for f in ordered if f.amount is not None]
    asked = [f for f in named if f.outcome == FAILED]
    return next((f.currency for f in (*asked, *named)), "")


def _amount_due(ordered: list[PaymentFact], currency: str) -> Decimal | None:
    """Billing systems ask for all of it or for the rest: the most they asked for is all of it."""
    named = [
        (f.outcome, f.amount)
        for f in ordered
        if f.amount is not None and f.currency == currency
    ]
    asked = [amount for outcome, amount in named if outcome == FAILED]
    return max(asked or [amount for _outcome, amount in named], default=None)


def _last_settled(
    ordered: list[PaymentFact], due: Decimal | None, currency: str
) -> tuple[int, Decimal]:
    """:return: index of the payment that last settled the invoice (-1: none did), and what came in since"""
    last, received = -1, Decimal(0)
    for index, fact in enumerate(ordered):
        if fact.outcome != SUCCEEDED:
            continue
        if fact.amount is not None and fact.currency != currency:
            continue
        received += fact.amount or 0
        if fact.amount is None or due is None or received >= due:
            last, received = index, Decimal(0)
    return last, received


def distinct_attempts(facts: Iterable[PaymentFact]) -> list[PaymentFact]:
    """Keep the first report of each attempt, in the order they occurred."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for fact in _in_order(facts):
        identity = (
            ("report", fact.key)
            if fact.attempt is None
            else ("attempt", str(fact.attempt))
        )
        if identity not in seen:
            seen.add(identity)
            kept.append(fact)
    return kept


def _state(spell: list[PaymentFact], paid_at: datetime | None, failures: int) -> str:
    if any(fact.outcome == DISPUTED for fact in spell):
        return CONTESTED
    return PAID if paid_at and not failures else OPEN


def _in_order(facts: Iterable[PaymentFact]) -> list[PaymentFact]:
    """Each report once, by when it occurred; arrival decides within one instant."""
    by_key: dict[str, PaymentFact] = {}
    for fact in facts:
        known = by_key.get(fact.key)
        if known is None or fact.sequence < known.sequence:
            by_key[fact.key] = fact
    return sorted(by_key.values(), key=lambda fact: (fact.occurred_at, fact.sequence))
