"""The brief an approver reads first: facts in, cited sentences out.

Deterministic: the same facts give the same sentences, in the order in which a
person deciding needs them. Every sentence rests on one record. A fact that is
not known makes no sentence.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SHAPES = {"healthy": "●", "watch": "◐", "at_risk": "▲", "critical": "◆"}


@dataclass(frozen=True)
class Ref:
    """A record a sentence rests on."""

    model: str
    id: int


@dataclass(frozen=True)
class Sentence:
    text: str
    model: str
    id: int


@dataclass(frozen=True)
class SubscriptionFacts:
    ref: Ref
    name: str
    state: str
    renewal_date: date | None = None


@dataclass(frozen=True)
class InvoiceFacts:
    ref: Ref
    number: str
    amount: Decimal
    currency: str
    failures: int
    last_failed_on: date | None = None
    paid: bool = False


@dataclass(frozen=True)
class HealthFacts:
    ref: Ref
    score: Decimal
    status: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConcessionFacts:
    ref: Ref
    kind: str
    granted_on: date


@dataclass(frozen=True)
class AccountFacts:
    ref: Ref
    name: str
    tier: str
    mrr: Decimal
    currency: str
    owner: str | None = None
    subscription: SubscriptionFacts | None = None
    invoice: InvoiceFacts | None = None
    health: HealthFacts | None = None
    open_tickets: int = 0
    oldest_ticket: Ref | None = None
    other_unpaid: tuple[InvoiceFacts, ...] = ()
    concessions: tuple[ConcessionFacts, ...] = ()


def account_brief(facts: AccountFacts, today: date) -> list[Sentence]:
    sentences = [
        _who(facts),
        *_invoice(facts),
        *_renewal(facts, today),
        *_other_unpaid(facts),
        *_health(facts),
        *_tickets(facts),
        *_concessions(facts),
    ]
    return sentences


def money(amount: Decimal, currency: str) -> str:
    """``money(Decimal("96000"), "EUR") == "96,000.00 EUR"``"""
    return f"{amount:,.2f} {currency}"


def days_words(days: int) -> str:
    if days == 0:
        return "today"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"in {count}" if days > 0 else f"{count} ago"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _cite(text: str, ref: Ref) -> Sentence:
    return Sentence(text, ref.model, ref.id)


def _who(facts: AccountFacts) -> Sentence:
    owner = f"{facts.owner} looks after it." if facts.owner else "It has no owner."
    worth = f"worth {money(facts.mrr, facts.currency)} a month"
    article = "an" if facts.tier[:1] in "aeiou" else "a"
    return _cite(
        f"{facts.name} is {article} {facts.tier} account {worth}. {owner}", facts.ref
    )


def _invoice(facts: AccountFacts) -> list[Sentence]:
    invoice = facts.invoice
    if invoice is None:
        return []
    text = f"Invoice {invoice.number} over {money(invoice.amount, invoice.currency)}"
    if invoice.paid:
        return [_cite(f"{text} is paid.", invoice.ref)]
    text += f" is unpaid after {plural(invoice.failures, 'failed attempt')}"
    if invoice.last_failed_on:
        text += f", the last on {invoice.last_failed_on.isoformat()}"
    return [_cite(f"{text}.", invoice.ref)]


def _renewal(facts: AccountFacts, today: date) -> list[Sentence]:
    sub = facts.subscription
    if sub is None:
        return []
    state = sub.state.replace("_", " ")
    if sub.renewal_date is None:
        return [
            _cite(
                f"Subscription {sub.name} is {state}; no renewal date is known.",
                sub.ref,
            )
        ]
    left = (sub.renewal_date - today).days
    verb = "renews" if left >= 0 else "was due for renewal"
    when = f"{sub.renewal_date.isoformat()} ({days_words(left)})"
    return [_cite(f"Subscription {sub.name} is {state} and {verb} on {when}.", sub.ref)]


def _other_unpaid(facts: AccountFacts) -> list[Sentence]:
    if not facts.other_unpaid:
        return []
    totals: dict[str, Decimal] = {}
    for invoice in facts.other_unpaid:
        totals[invoice.currency] = (
            totals.get(invoice.currency, Decimal(0)) + invoice.amount
        )
    sums = " and ".join(
        money(totals[currency], currency) for currency in sorted(totals)
    )
    many = len(facts.other_unpaid)
    verb = "is" if many == 1 else "are"
    text = f"{plural(many, 'other invoice')} over {sums} {verb} open as well."
    return [_cite(text, facts.other_unpaid[0].ref)]


def _health(facts: AccountFacts) -> list[Sentence]:
    health = facts.health
    if health is None:
        return []
    status = health.status.replace("_", " ")
    because = f": {'; '.join(health.reasons)}" if health.reasons else ""
    return [
        _cite(f"Health is {status} at {health.score:.2f} of 100{because}.", health.ref)
    ]


def _tickets(facts: AccountFacts) -> list[Sentence]:
    if not facts.open_tickets or facts.oldest_ticket is None:
        return []
    verb = "is" if facts.open_tickets == 1 else "are"
    text = f"{plural(facts.open_tickets, 'support ticket')} {verb} open."
    return [_cite(text, facts.oldest_ticket)]


def _concessions(facts: AccountFacts) -> list[Sentence]:
    if not facts.concessions:
        return []
    latest = max(facts.concessions, key=lambda c: (c.granted_on, c.ref.id))
    many = len(facts.concessions)
    earlier = (
        f"{plural(many, 'concession')} {'was' if many == 1 else 'were'} granted before"
    )
    text = f"{earlier}, the latest ({latest.kind.replace('_', ' ')}) on {latest.granted_on.isoformat()}."
    return [_cite(text, latest.ref)]
