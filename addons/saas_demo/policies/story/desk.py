"""What happens at the support desk these days: incidents, customers who write themselves, a promise that waits.

Hours are before now. Nothing here touches the database.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One thing somebody says on a ticket."""

    login: str  # of a colleague; "" = the customer
    text: str
    hours: float


@dataclass(frozen=True)
class Visit:
    """A customer who writes to us directly."""

    account: str
    channel: str
    title: str
    description: str
    category: str
    hours: float
    login: str = ""  # who took it; "" = nobody yet
    said: tuple[Said, ...] = ()
    then: str = ""  # wait, solve or snooze
    rating: int = 0  # 1, 3 or 5
    feedback: str = ""


@dataclass(frozen=True)
class Step:
    """One step of an incident: a method's state, or a word to customers."""

    kind: str  # acknowledged, mitigated, resolved, reviewed; update; note
    login: str
    hours: float
    text: str = ""


@dataclass(frozen=True)
class Trouble:
    name: str
    component: str
    severity: str
    started: float  # hours ago
    noticed: float
    titles: tuple[str, ...]  # of the tickets that are about it
    steps: tuple[Step, ...]
    cause: str = ""
    learnt: str = ""
    workaround: str = ""


COMPONENTS = {"export": "Export", "webhooks": "Webhooks", "sync": "Synchronisation"}
RELEASES = (("2.14.0", 31.0, "export, sync"), ("2.14.1", 25.0, "export"))

TROUBLES = (
    Trouble(
        "Pages and exports crawl",
        "export",
        "2",
        30.0,
        29.8,
        ("Everything is slow since the update",),
        (
            Step("acknowledged", "support_manager", 29.6),
            Step(
                "update",
                "support_manager",
                29.4,
                "Pages and exports are slow since 2.14.0. We are on it.",
            ),
            Step("note", "agent", 28.9, "Export workers use all memory since 2.14.0."),
            Step("mitigated", "support_manager", 27.5),
            Step("resolved", "support_manager", 25.0),
            Step(
                "update", "support_manager", 24.8, "2.14.1 is out. All is well again."
            ),
            Step("reviewed", "support_manager", 21.0),
        ),
        cause="2.14.0 kept each exported row in memory.",
        learnt="Exports stream rows; a load test of exports stands before each release.",
        workaround="Export one month at a time until 2.14.1 is installed.",
    ),
    Trouble(
        "Webhook calls arrive late",
        "webhooks",
        "2",
        1.6,
        1.2,
        ("Webhook calls time out", "Synchronisation is hours behind"),
        (
            Step("acknowledged", "support_manager", 1.1),
            Step(
                "update",
                "support_manager",
                0.9,
                "Calls are delayed by up to 20 minutes. None is lost.",
            ),
        ),
    ),
)

VISITS = (
    Visit(
        "ACC-009",
        "mail",
        "Invoice shows our old VAT number",
        "Hello, the invoice of this month still has the VAT number of our old company. Anna",
        "billing",
        26.0,
        "agent",
        (
            Said("agent", "Thank you, we look into it. Which number is right?", 25.5),
            Said("", "IT 0123 4567 890, as on the attached form.", 22.0),
            Said("agent", "Corrected. The new invoice is on its way.", 21.0),
        ),
        "solve",
        5,
        "Quick and kind.",
    ),
    Visit(
        "ACC-011",
        "portal",
        "Export as XLSX instead of CSV?",
        "Our finance team cannot open the CSV. Can we get XLSX?",
        "how_to",
        5.0,
    ),
    Visit(
        "ACC-011",
        "mail",
        "Export to XLSX instead of CSV",
        "As asked on the portal: is there an XLSX export?",
        "how_to",
        3.0,
    ),
    Visit(
        "ACC-007",
        "form",
        "Two-factor codes arrive late",
        "Codes by text message take five minutes, by then they are void.",
        "access",
        7.0,
        "agent",
        (Said("agent", "Does it happen with an authenticator app, too?", 6.5),),
        "wait",
    ),
    Visit(
        "ACC-012",
        "mail",
        "Set up single sign-on in December",
        "We move to a new identity provider on 7 December. Please guide us then.",
        "access",
        28.0,
        "agent",
        (Said("agent", "Gladly. We come back to you the week before.", 27.0),),
        "snooze",
    ),
    Visit(
        "ACC-020",
        "portal",
        "Cannot remove a user who left",
        "The button is grey.",
        "access",
        50.0,
        "agent",
        (Said("agent", "Reassign her two reports first, then it works.", 48.0),),
        "solve",
        3,
        "Solved, but the message on the page does not tell why.",
    ),
)

#: account, why its newest ticket goes on with somebody else, class of the reason, hours ago
ESCALATIONS = (
    (
        "ACC-010",
        "No tenant id on the ticket, so nobody can look it up.",
        "missing_data",
        51.0,
    ),
    ("ACC-017", "Which plan they bought is not on record.", "missing_data", 30.0),
    (
        "ACC-028",
        "The sync engine needs somebody who knows its code.",
        "technical_depth",
        27.0,
    ),
)

#: a reply that costs money, and waits: account, what it says, worth, hours ago
PROMISE = (
    "ACC-002",
    "<p>We are sorry for the lost configuration. We credit you <b>120 EUR</b> for this month.</p>",
    120.0,
    4.5,
)
#: a ticket changed on both sides: account, our title, theirs, hours ago
BOTH_SIDES = (
    "ACC-010",
    "Orders since 06:00 are missing after the sync",
    "Sync behind: orders of today missing",
    2.0,
)

#: name, reply, promise ("" for none), worth
MACROS = (
    (
        "Ask for the log",
        "Hello {{customer}}, could you send us the log of the last hour? Settings, then Diagnostics.",
        "",
        0.0,
    ),
    (
        "Credit for an outage",
        "Hello {{customer}}, we are sorry for the outage and credit you 50 EUR.",
        "credit",
        50.0,
    ),
)
#: account, level, days ago, days to go, tickets and hours included
ENTITLEMENTS = (
    ("ACC-001", "Gold", 318, 47, 0, 20.0),
    ("ACC-002", "Gold", 244, 121, 0, 0.0),
    ("ACC-010", "Silver", 60, 112, 3, 0.0),
)
LEVELS = ("Gold", "Silver")  # the best first
#: why the oldest broken promises were broken
BREACHES = ("missing_data", "engineering", "missing_data", "capacity")
SKILLS = ("Billing", "Integrations", "German")
