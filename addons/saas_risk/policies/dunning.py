"""What a tier's policy asks for after failed payments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

APPROVAL = "approval"  #: people decide: suspend, extend grace or intervene
GRACE = "grace"  #: grace is granted by policy, nobody is asked
PATHS = (APPROVAL, GRACE)

ASK = "ask"  #: open the decision
GRANT_GRACE = "grant_grace"  #: set the subscription in grace until a date
WAIT = "wait"  #: nothing to do


@dataclass(frozen=True)
class Terms:
    """The dunning policy of one tier.

    :param threshold: failed attempts on one unpaid invoice that make a case, >= 1
    :param grace_days: calendar days of grace, >= 0
    """

    tier: str
    threshold: int
    path: str
    grace_days: int


@dataclass(frozen=True)
class Decision:
    """What to do, and a stable code for why; wording belongs to the model."""

    action: str
    reason: str
    grace_until: date | None = None


@dataclass(frozen=True)
class Candidate:
    """A subscription that a failed payment could be about."""

    id: int
    alive: bool  # neither draft nor cancelled
    mrr: Decimal


def reaches_threshold(failures: int, terms: Terms | None) -> bool:
    """A tier without policy never makes a case by itself."""
    return terms is not None and failures >= terms.threshold


def decide(
    *, today: date, failures: int, unpaid: bool, terms: Terms | None
) -> Decision:
    if terms is None:
        return Decision(WAIT, "no_policy")
    if not unpaid:
        return Decision(WAIT, "paid")
    if failures < terms.threshold:
        return Decision(WAIT, "below_threshold")
    if terms.path == APPROVAL:
        return Decision(ASK, "threshold_reached")
    return Decision(GRANT_GRACE, "threshold_reached", grace_end(today, terms))


def grace_end(today: date, terms: Terms) -> date:
    """Last day on which the customer is in grace, that day included."""
    return today + timedelta(days=terms.grace_days)


def choose_subscription(candidates: Iterable[Candidate]) -> int | None:
    """The subscription a payment is about when the event does not say.

    The account's only living one, else its largest by MRR (the older one of
    equals). None if it has none that lives.
    """
    alive = sorted((c for c in candidates if c.alive), key=lambda c: (-c.mrr, c.id))
    return alive[0].id if alive else None
