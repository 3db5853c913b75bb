"""What the demo's company says of its processes: where they end, when it works, and what every case keeps to."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """As ``process_intelligence.rule`` takes it; ``first`` and ``other`` are activities."""

    name: str
    kind: str
    first: str
    other: str | None = None
    severity: str = "medium"
    meaning: str = ""
    within_hours: int = 0

    @property
    def values(self) -> dict[str, object]:
        return {
            "name": self.name,
            "kind": self.kind,
            "severity": self.severity,
            "meaning": self.meaning,
            "within_seconds": self.within_hours * 3600,
        }

    @property
    def activities(self) -> set[str]:
        return {name for name in (self.first, self.other) if name}


@dataclass(frozen=True)
class Process:
    """:param ends: a case whose last step is one of these is finished, or needs nobody
    :param tiles: (name, steps that a case has) of analyses that everybody finds on the overview
    """

    ends: tuple[str, ...]
    rules: tuple[Rule, ...]
    starts: tuple[str, ...] = ()
    tiles: tuple[tuple[str, tuple[str, ...]], ...] = ()


#: Imported logs by their names in ``PROCESSES``.
IMPORTED: Mapping[str, str] = {
    "refunds": "Refunds (imported example)",
    "orders": "Orders (imported objects)",
}

#: By kind of case in the ledger, or name in ``IMPORTED``.
PROCESSES: Mapping[str, Process] = {
    "ticket": Process(
        ("Ticket solved", "Customer rated", "Breach explained"),
        (
            Rule(
                "Somebody owns a ticket before it is solved",
                "precedence",
                "Ticket assigned",
                "Ticket solved",
                meaning="What nobody owns is solved by chance, and nobody learns from it.",
            ),
            Rule(
                "No promise is broken",
                "absence",
                "SLA breached",
                severity="high",
                meaning="Customers were told when they would hear from us.",
            ),
            Rule(
                "What comes back is solved again",
                "response",
                "Ticket reopened",
                "Ticket solved",
                meaning="A customer who had to come back is close to leaving.",
            ),
        ),
        tiles=(
            ("Tickets, from opened to solved", ()),
            ("Tickets whose promise was broken", ("SLA breached",)),
        ),
    ),
    "invoice": Process(
        ("Payment received",),
        (
            Rule(
                "A failed payment is made good within five days",
                "within",
                "Payment failed",
                "Payment received",
                severity="high",
                meaning="After that dunning begins, and the customer's access is at risk.",
                within_hours=120,
            ),
            Rule(
                "No invoice is disputed",
                "absence",
                "Invoice disputed",
                meaning="A dispute says that we charged what was not agreed.",
            ),
        ),
        tiles=(("Invoices whose payment failed", ("Payment failed",)),),
    ),
    "subscription": Process(
        (
            "Subscription activated",
            "Subscription reactivated",
            "Payment recovered",
            "Concession granted",
        ),
        (
            Rule(
                "Who is past due becomes active again",
                "response",
                "Subscription past due",
                "Subscription reactivated",
                severity="high",
                meaning="Each of the others is revenue about to be lost.",
            ),
            Rule(
                "Grace is granted only to who is past due",
                "precedence",
                "Subscription past due",
                "Grace granted",
                meaning="Grace for anybody else is a discount that nobody approved.",
            ),
        ),
    ),
    "approval": Process(
        ("Carried out", "Rejected", "Expired", "Lapsed", "Recalled"),
        (
            Rule(
                "Nobody decides what he asked for",
                "four_eyes",
                "Submitted",
                "Step decided",
                severity="critical",
                meaning="Two pairs of eyes are the point of a decision.",
            ),
            Rule(
                "A request is decided within two days",
                "within",
                "Submitted",
                "Step decided",
                meaning="Customers wait for most of them.",
                within_hours=48,
            ),
            Rule(
                "What is approved is carried out",
                "response",
                "Approved",
                "Carried out",
                severity="high",
                meaning="A yes that nothing follows from is a broken word.",
            ),
        ),
        tiles=(("Decisions, from asked to carried out", ()),),
    ),
    "refunds": Process(
        ("Closed",),
        (
            Rule(
                "No money leaves unchecked",
                "precedence",
                "Checked",
                "Paid back",
                severity="critical",
                meaning="Each unchecked refund may be paid twice.",
            ),
            Rule(
                "Who checks does not approve",
                "four_eyes",
                "Checked",
                "Approved",
                severity="critical",
                meaning="Two pairs of eyes on money that leaves.",
            ),
            Rule(
                "An approved refund is paid within two days",
                "within",
                "Approved",
                "Paid back",
                meaning="Customers were told so in the letter of approval.",
                within_hours=48,
            ),
        ),
        starts=("Received",),
        tiles=(("Refunds", ()),),
    ),
    "orders": Process(
        ("Payment received",),
        (
            Rule(
                "No invoice before the hand-over",
                "precedence",
                "Handed over",
                "Invoice sent",
                severity="high",
                meaning="Who is asked to pay for what he does not have yet will dispute it.",
            ),
            Rule(
                "What could not be set up is set up after all",
                "response",
                "Set-up failed",
                "Licence set up",
                meaning="A licence that nobody can use is a refund to come.",
            ),
        ),
        starts=("Order signed",),
        tiles=(("Orders, from signed to paid", ()),),
    ),
}
