"""What people asked to be decided in the last ninety days, and how it went."""

from datetime import date, datetime, timedelta

from .moments import hour_of
from .shapes import Ask, Ending, Vote

CREDIT, CONTINUITY = "service_credit", "service_continuity"


def _yes(
    login: str, hours: float, comment: str = "", option: str | None = None
) -> Vote:
    return Vote(login, timedelta(hours=hours), True, comment, option)


def _no(login: str, hours: float, comment: str) -> Vote:
    return Vote(login, timedelta(hours=hours), False, comment)


def asks(now: datetime) -> tuple[Ask, ...]:
    """By time. The last three wait; each is younger than the 48 hours of the demo's policies."""
    told = (*_credits(now.date()), *_continuity(now.date()), *_recent(now))
    return tuple(sorted(told, key=lambda ask: ask.asked_at))


#: days ago, hour (UTC), account, title, EUR, reason, votes, ending
_CREDITS: tuple[
    tuple[int, int, str, str, float, str, tuple[Vote, ...], Ending | None], ...
] = (
    (
        86,
        8,
        "ACC-005",
        "Credit for a delayed report",
        380.0,
        "The yearly report of energy use came three days late.",
        (_yes("finance", 5.5, "Small, and our fault."),),
        None,
    ),
    (
        79,
        9,
        "ACC-004",
        "Credit for lost shop orders",
        2600.0,
        "Orders of one morning had to be entered again in 40 shops.",
        (
            _yes("finance", 3.2, "The shops' list adds up."),
            _yes("finance_manager", 27, "Agreed."),
        ),
        None,
    ),
    (
        71,
        13,
        "ACC-021",
        "Credit for a missed webinar",
        150.0,
        "The training was cancelled twice.",
        (_no("finance", 20.5, "Offer a new date; a credit is not what they ask for."),),
        None,
    ),
    (
        64,
        10,
        "ACC-009",
        "Credit for slow imports",
        720.0,
        "Price lists took a night instead of an hour.",
        (_yes("finance", 1.7, "Support confirms it."),),
        None,
    ),
    (
        49,
        12,
        "ACC-012",
        "Credit for a wrong invoice",
        90.0,
        "Four seats too many were billed.",
        (),
        Ending("recall", timedelta(hours=3)),
    ),
    (
        45,
        7,
        "ACC-002",
        "Credit for a late migration",
        3100.0,
        "The move to the new region took nine days instead of two.",
        (
            _yes("finance", 6.4, "The plan said two days."),
            _no("finance_manager", 25, "Delay was on both sides; half of it at most."),
        ),
        None,
    ),
    (
        44,
        8,
        "ACC-002",
        "Credit for a late migration, half",
        1550.0,
        "As the finance manager proposed.",
        (
            _yes("finance", 2.1, "As agreed."),
            _yes("finance_manager", 4.9, "Agreed."),
        ),
        None,
    ),
    (
        38,
        15,
        "ACC-031",
        "Credit for a doubtful outage",
        60.0,
        "The customer saw an outage that monitoring did not.",
        (),
        Ending("expire", timedelta(hours=48)),
    ),
    (
        30,
        9,
        "ACC-010",
        "Credit for lost webhook calls",
        310.0,
        "Orders had to be typed in by hand for a day.",
        (_yes("finance", 4.3, "Within the goodwill budget."),),
        None,
    ),
    (
        17,
        14,
        "ACC-028",
        "Credit for a lost configuration",
        450.0,
        "The customer set up its approval steps three times.",
        (
            _no(
                "finance",
                18.2,
                "Two months of revenue; offer help with the set-up instead.",
            ),
        ),
        None,
    ),
    (
        6,
        8,
        "ACC-001",
        "Credit for slow exports",
        1900.0,
        "The quarter's reports were two days late because exports were slow.",
        (
            _yes("finance", 7.1, "The incident report supports it."),
            _yes("finance_manager", 25.3, "Agreed, renewal is near."),
        ),
        None,
    ),
)


def _credits(today: date) -> list[Ask]:
    return [
        Ask(
            f"credit_{days_ago}",
            CREDIT,
            account,
            title,
            amount,
            reason,
            "csm",
            hour_of(today, days_ago, hour, 12),
            votes,
            ending,
        )
        for days_ago, hour, account, title, amount, reason, votes, ending in _CREDITS
    ]


def _continuity(today: date) -> list[Ask]:
    """About invoices that failed twice 55 and 53 days ago and, for two of them, were paid 51 days ago."""
    return [
        Ask(
            "continuity_lapsed",
            CONTINUITY,
            "ACC-019",
            "Two failed payments, card expired: what now?",
            0.0,
            "Mails to the office came back; nobody answers the phone.",
            "admin",
            hour_of(today, 52, 8, 30),
            (_yes("finance", 6.5, "They promised to pay this week.", "extend_grace"),),
            Ending("lapse", timedelta(hours=34)),
        ),
        Ask(
            "continuity_grace",
            CONTINUITY,
            "ACC-036",
            "Two failed payments before a holiday: what now?",
            0.0,
            "The bakery is closed for a week; its bank declines.",
            "admin",
            hour_of(today, 52, 9, 5),
            (
                _yes("csm", 2.6, "The owner is back on Monday.", "extend_grace"),
                _yes("finance", 5.4, "Agreed, they always paid.", "extend_grace"),
            ),
        ),
        Ask(
            "continuity_done",
            CONTINUITY,
            "ACC-006",
            "Two failed payments during a change of bank: what now?",
            0.0,
            "The customer changes its bank; billing could not collect twice.",
            "admin",
            hour_of(today, 2, 7, 40),
            (
                _yes(
                    "finance",
                    3.4,
                    "They have always paid; give them the time.",
                    "extend_grace",
                ),
                _yes(
                    "csm",
                    8.8,
                    "The new mandate is signed, two weeks are enough.",
                    "extend_grace",
                ),
            ),
        ),
    ]


def _recent(now: datetime) -> list[Ask]:
    """What waits for a decision now."""
    return [
        Ask(
            "credit_small",
            CREDIT,
            "ACC-006",
            "Credit for a late project start",
            640.0,
            "The consultant was ill and the project began two weeks late.",
            "csm",
            now - timedelta(hours=5),
        ),
        Ask(
            "credit_large",
            CREDIT,
            "ACC-002",
            "Credit after incident INC-0042",
            4200.0,
            "The sync component was down for 4 h 12 min; the contract promises 99.9 %.",
            "csm",
            now - timedelta(hours=27),
            (
                _yes(
                    "finance",
                    6.2,
                    "The outage is proven; the amount needs the manager.",
                ),
            ),
        ),
        Ask(
            "continuity",
            CONTINUITY,
            "ACC-003",
            "Disputed invoice, renewal in 19 days: what now?",
            0.0,
            "Delta Pharma Supply disputes its invoice and pays nothing until it is settled.",
            "admin",
            now - timedelta(hours=20),
        ),
    ]
