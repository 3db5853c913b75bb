"""The five steps of the street, told from the facts found so far."""

from dataclasses import dataclass, field
from enum import Enum


class Status(str, Enum):
    TODO = "todo"  #: not reached yet
    DOING = "doing"  #: something or somebody is being waited for
    DONE = "done"  #: happened
    SKIPPED = "skipped"  #: does not happen in this story
    PROBLEM = "problem"  #: went wrong, somebody has to look


@dataclass(frozen=True)
class Link:
    model: str
    id: int


@dataclass(frozen=True)
class Facts:
    """What the database says about one episode. `None` = not there yet."""

    strategic: bool
    account: str
    invoice: str
    amount: str  # formatted, with its currency
    sent: int = 0  # webhooks the page sent
    heard: int = 0  # failed payments of this episode in the ledger
    parked: str | None = None  # why a message of this episode waits, if one does
    event: Link | None = None  # the last failure heard
    failures: int = 0  # attempts counted on the invoice
    billing_invoice: Link | None = None
    subscription: Link | None = None
    subscription_state: str | None = None
    partner: Link | None = None
    health_status: str | None = None
    health_score: float | None = None
    reasons: tuple[str, ...] = ()
    request: Link | None = None
    request_state: str | None = None
    option: str | None = None  # words of the chosen option
    waiting_for: tuple[str, ...] = ()  # who has to decide yet
    decided_by: tuple[str, ...] = ()
    outcome: str | None = None
    delivery: Link | None = None
    deliveries: int = 0
    delivered: int = 0
    echoes: int = 0
    echoes_verified: int = 0
    paid: bool = False


@dataclass(frozen=True)
class Step:
    key: str
    title: str
    status: Status
    sentence: str
    link: Link | None = None
    details: tuple[str, ...] = field(default=())


#: failures on one unpaid invoice that make the system act
THRESHOLD = 3
#: request states in which nobody is asked any more
ENDED = frozenset({"rejected", "recalled", "expired", "lapsed"})


def tell(facts: Facts) -> list[Step]:
    """The five steps, in order."""
    return [
        _heard(facts),
        _understood(facts),
        _account(facts),
        _decision(facts),
        _carried_out(facts),
    ]


def ended(facts: Facts) -> bool:
    """Whether nothing more is going to happen by itself, so that the page may stop looking."""
    return all(step.status not in (Status.TODO, Status.DOING) for step in tell(facts))


def _heard(facts: Facts) -> Step:
    title = "Heard"
    if facts.parked:
        return Step(
            "heard",
            title,
            Status.PROBLEM,
            f"A message is parked: {facts.parked}",
            facts.event,
        )
    if not facts.sent:
        return Step(
            "heard",
            title,
            Status.TODO,
            "The billing system will report a failed payment, signed.",
        )
    if facts.heard < THRESHOLD:
        sentence = f"{facts.heard} of {THRESHOLD} signed messages are in the ledger."
        return Step("heard", title, Status.DOING, sentence, facts.event)
    sentence = (
        f"Three signed messages said that invoice {facts.invoice} of {facts.account} over {facts.amount} "
        "could not be paid. Each was checked, stored once and written to the ledger."
    )
    return Step("heard", title, Status.DONE, sentence, facts.event)


def _understood(facts: Facts) -> Step:
    title = "Understood"
    if facts.failures >= THRESHOLD and facts.billing_invoice:
        sentence = f"This is the third failed attempt on the same unpaid invoice, {facts.invoice}."
        return Step("understood", title, Status.DONE, sentence, facts.billing_invoice)
    if facts.failures:
        sentence = f"{facts.failures} failed so far on invoice {facts.invoice}; the third one counts."
        return Step("understood", title, Status.DOING, sentence, facts.billing_invoice)
    if facts.paid:
        return Step(
            "understood",
            title,
            Status.DONE,
            f"Invoice {facts.invoice} is paid.",
            facts.billing_invoice,
        )
    return Step(
        "understood",
        title,
        Status.TODO,
        "Which invoice, whose subscription, how often before?",
    )


_STATE_WORDS = {
    "active": "active",
    "past_due": "past due",
    "grace": "in grace",
    "suspended": "suspended",
    "cancelled": "cancelled",
}
_HEALTH_WORDS = {
    "healthy": "healthy",
    "watch": "on watch",
    "at_risk": "at risk",
    "critical": "critical",
}


def _account(facts: Facts) -> Step:
    title = (
        "Account critical, and why"
        if facts.strategic
        else "Account in trouble, and why"
    )
    if facts.subscription_state in (None, "active", "draft") and not facts.paid:
        return Step(
            "account", title, Status.TODO, "What does it mean for this customer?"
        )
    health = _HEALTH_WORDS.get(
        facts.health_status or "", facts.health_status or "not assessed"
    )
    score = (
        ""
        if facts.health_score is None
        else f" (health {facts.health_score:.0f} of 100)"
    )
    state = _STATE_WORDS.get(
        facts.subscription_state or "", facts.subscription_state or "unknown"
    )
    sentence = f"{facts.account} is {health}{score}; the subscription is {state}."
    return Step("account", title, Status.DONE, sentence, facts.partner, facts.reasons)


def _decision(facts: Facts) -> Step:
    if not facts.strategic:
        return _no_decision(facts)
    title = "A decision waits"
    if not facts.request:
        return Step(
            "decision",
            title,
            Status.TODO,
            "Finance and customer success will be asked, both.",
        )
    if facts.request_state == "pending":
        waiting = " and ".join(facts.waiting_for) or "the approvers"
        decided = (
            f"{' and '.join(facts.decided_by)} said yes. " if facts.decided_by else ""
        )
        sentence = f"{decided}Suspend, extend grace or step in? Waiting for {waiting}."
        return Step("decision", title, Status.DOING, sentence, facts.request)
    if facts.request_state == "lapsed":
        sentence = "The customer paid while the decision waited, so its reason is gone: the request lapsed."
        return Step(
            "decision", "The decision lapsed", Status.DONE, sentence, facts.request
        )
    if facts.request_state in ENDED:
        sentence = (
            f"The request was {facts.request_state}; nothing will be carried out."
        )
        return Step("decision", "Decided", Status.DONE, sentence, facts.request)
    if facts.request_state == "draft":
        return Step(
            "decision",
            title,
            Status.DOING,
            "The request is being prepared.",
            facts.request,
        )
    by = " and ".join(facts.decided_by) or "The approvers"
    option = f": {facts.option}" if facts.option else ""
    return Step(
        "decision", "Decided", Status.DONE, f"{by} approved{option}.", facts.request
    )


def _no_decision(facts: Facts) -> Step:
    title = "No decision needed"
    sentence = "For standard customers policy decides: dunning starts and grace is given, nobody is disturbed."
    if facts.subscription_state in ("grace", "suspended"):
        return Step("decision", title, Status.DONE, sentence, facts.subscription)
    if facts.paid:
        return Step(
            "decision",
            title,
            Status.DONE,
            "Paid; nothing was left to decide.",
            facts.subscription,
        )
    return Step("decision", title, Status.TODO, sentence)


def _carried_out(facts: Facts) -> Step:
    title = "Carried out and delivered"
    if not facts.strategic:
        return _grace_given(facts)
    if facts.request_state == "failed":
        sentence = f"Carrying it out failed: {facts.outcome or 'see the request'}"
        return Step("done", title, Status.PROBLEM, sentence, facts.request)
    if facts.request_state in ENDED:
        return Step(
            "done",
            "Nothing carried out",
            Status.SKIPPED,
            "No effect: that is what the rules want.",
        )
    if facts.request_state == "approved":
        return Step(
            "done",
            title,
            Status.DOING,
            "Approved. Checking once more that the reason still holds …",
        )
    if facts.request_state != "executed":
        return Step(
            "done",
            title,
            Status.TODO,
            "Once, after both said yes, and signed news to the outside.",
        )
    effect = facts.outcome or "The decision was carried out."
    if not facts.deliveries or facts.delivered < facts.deliveries:
        sentence = f"{effect} {facts.delivered} of {facts.deliveries} signed messages are delivered."
        return Step(
            "done", title, Status.DOING, sentence, facts.delivery or facts.subscription
        )
    checked = (
        ""
        if not facts.echoes
        else f", {facts.echoes_verified} of {facts.echoes} verified by the receiver"
    )
    sentence = f"{effect} {facts.delivered} signed messages delivered{checked}."
    return Step("done", title, Status.DONE, sentence, facts.delivery)


def _grace_given(facts: Facts) -> Step:
    title = "Grace given by policy"
    if facts.subscription_state == "grace":
        sentence = "The subscription is in grace; it returns to active as soon as the payment arrives."
        return Step("done", title, Status.DONE, sentence, facts.subscription)
    if facts.paid:
        return Step(
            "done",
            "Back to normal",
            Status.DONE,
            "The payment arrived.",
            facts.subscription,
        )
    return Step(
        "done",
        title,
        Status.TODO,
        "The customer keeps working while the reminders run.",
    )
