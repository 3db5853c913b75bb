"""What happened before you came: a year in the life of a made-up SaaS company.

Everything follows from today's date and a seed: the same day tells the same
story on every machine. Nothing here touches the database; the models turn the
story into records and its events go the way real events go.
"""

import csv
import hashlib
import io
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from . import story_data as cast

SEED = 19
CURRENCY = "EUR"
#: CloudEvents `source` of what each system said
CE_SOURCE = "https://{code}.lumenta.example"


@dataclass(frozen=True)
class Account:
    code: str
    name: str
    tier: str
    city: str
    email: str
    website: str


@dataclass(frozen=True)
class Subscription:
    reference: str  # as the billing system calls it
    account: str
    plan: str  # key of PLANS
    seats: int
    start_date: date
    renewal_date: date


@dataclass(frozen=True)
class PastEvent:
    """One thing a connected system said in the past; naive UTC."""

    source: str  # code of the event source
    type: str
    account: str
    occurred_at: datetime
    id: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Concession:
    account: str
    kind: str
    amount: float
    on: date
    reason: str


@dataclass(frozen=True)
class Vote:
    login: str
    approve: bool
    comment: str
    option: str | None = None


@dataclass(frozen=True)
class Ask:
    """A request for a decision and what was decided on it so far, in order."""

    key: str
    type: str  # code of the approval type
    account: str
    title: str
    amount: float
    reason: str
    requester: str
    hours_ago: (
        int  # when it was submitted; less than the 48 hours of the demo's policies
    )
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True)
class Story:
    accounts: tuple[Account, ...]
    subscriptions: tuple[Subscription, ...]
    events: tuple[PastEvent, ...]  # by time
    concessions: tuple[Concession, ...]
    asks: tuple[Ask, ...]
    process_log: str  # CSV: case, activity, timestamp, resource, channel


#: the order in which the events of one source are told: an invoice before what becomes of it
TYPES_IN_ORDER = (
    "billing.payment_failed",
    "billing.invoice_disputed",
    "billing.payment_succeeded",
    "support.ticket_created",
    "support.ticket_updated",
    "onboarding.milestone_reached",
    "onboarding.milestone_late",
    "usage.reported",
)


def batches(
    events: tuple[PastEvent, ...],
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The past as CloudEvents batches by (source, type), in the order of TYPES_IN_ORDER, each by time."""
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for event in sorted(
        events,
        key=lambda event: (
            TYPES_IN_ORDER.index(event.type),
            event.occurred_at,
            event.id,
        ),
    ):
        told.setdefault((event.source, event.type), []).append(_cloud_event(event))
    return told


def _cloud_event(event: PastEvent) -> dict[str, Any]:
    """What belongs to one invoice or ticket shares a correlation id."""
    case = next(
        (str(event.data[key]) for key in ("invoice", "ticket") if key in event.data),
        event.id,
    )
    correlation = hashlib.sha256(f"{event.account} {case}".encode()).hexdigest()[:32]
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": CE_SOURCE.format(code=event.source),
        "type": event.type,
        "subject": event.account,
        "time": event.occurred_at.isoformat() + "Z",
        "correlationid": correlation,
        "data": event.data,
    }


def tell(today: date, seed: int = SEED) -> Story:
    """The whole story, dated relative to `today`."""
    rng = random.Random(seed)
    accounts = tuple(
        _account(number, entry) for number, entry in enumerate(cast.CAST, 1)
    )
    subscriptions = tuple(
        _subscription(account, entry, today, rng)
        for account, entry in zip(accounts, cast.CAST, strict=True)
    )
    events: list[PastEvent] = []
    for account, entry, subscription in zip(
        accounts, cast.CAST, subscriptions, strict=True
    ):
        events += _payments(account, entry, subscription, today, rng)
        events += _tickets(account, entry, today, rng)
        events += _usage(account, entry, today, rng)
    events += _onboarding(today)
    return Story(
        accounts=accounts,
        subscriptions=subscriptions,
        events=tuple(sorted(events, key=lambda event: (event.occurred_at, event.id))),
        concessions=_concessions(today),
        asks=_asks(),
        process_log=_process_log(today, rng),
    )


def account_code(number: int) -> str:
    return f"ACC-{number:03d}"


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


def _subscription(
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
    reference = "SUB-" + account.code.removeprefix("ACC-")
    return Subscription(
        reference, account.code, entry.plan, entry.seats, start, renewal
    )


def monthly_amount(entry: cast.Cast) -> float:
    """What the account pays a month, EUR."""
    _name, price, period = cast.PLANS[entry.plan]
    return round(price * entry.seats / (12 if period == "year" else 1), 2)


def _at(today: date, days_ago: int, rng: random.Random) -> datetime:
    """Some working-day moment `days_ago` days before today, never in the future."""
    moment = datetime.combine(today - timedelta(days=days_ago), time(7)) + timedelta(
        minutes=rng.randrange(600)
    )
    return moment.replace(second=rng.randrange(60))


def _payments(
    account: Account,
    entry: cast.Cast,
    subscription: Subscription,
    today: date,
    rng: random.Random,
) -> list[PastEvent]:
    """Three months of invoices; some failed, some of those are still open."""
    events = []
    for month in (3, 2, 1):
        number = f"INV-{account.code.removeprefix('ACC-')}-{4 - month:02d}"
        events += _invoice(
            account,
            entry,
            subscription,
            number,
            _at(today, 30 * month - 5, rng),
            month,
            rng,
        )
    return events


def _invoice(
    account: Account,
    entry: cast.Cast,
    subscription: Subscription,
    number: str,
    due: datetime,
    month: int,
    rng: random.Random,
) -> list[PastEvent]:
    money = {
        "invoice": number,
        "amount": monthly_amount(entry),
        "currency": CURRENCY,
        "subscription": subscription.reference,
    }
    late = entry.plot in (cast.PAYING_LATE, cast.SINKING) and month <= 2
    unpaid = late and month == 1
    disputed = entry.plot in (cast.DISPUTING, cast.SINKING) and month == 1
    failures = 2 if late else int(rng.random() < 0.08)
    if disputed:
        failures = max(failures, 1)
    events = []
    for attempt in range(1, failures + 1):
        data = {**money, "attempt": attempt, "decline_code": rng.choice(cast.DECLINES)}
        when = due + timedelta(days=2 * (attempt - 1))
        events.append(
            _event(
                "billing",
                "billing.payment_failed",
                account,
                when,
                f"{number}-f{attempt}",
                data,
            )
        )
    if disputed:
        data = {
            "invoice": number,
            "reason": "Seats on the invoice do not match the contract.",
        }
        when = due + timedelta(days=1)
        events.append(
            _event(
                "billing",
                "billing.invoice_disputed",
                account,
                when,
                f"{number}-d",
                data,
            )
        )
    elif not unpaid:
        when = due + timedelta(days=2 * failures, minutes=7)
        events.append(
            _event(
                "billing",
                "billing.payment_succeeded",
                account,
                when,
                f"{number}-p",
                money,
            )
        )
    return events


def _event(
    source: str,
    type_: str,
    account: Account,
    when: datetime,
    identity: str,
    data: dict[str, Any],
) -> PastEvent:
    return PastEvent(source, type_, account.code, when, f"past-{identity}", data)


#: open complaints of an account, by its plot
_TROUBLES = {
    cast.FRICTION: 4,
    cast.SINKING: 3,
    cast.FADING: 2,
    cast.DISPUTING: 1,
    cast.PAYING_LATE: 1,
}


def _tickets(
    account: Account, entry: cast.Cast, today: date, rng: random.Random
) -> list[PastEvent]:
    """Old questions solved; accounts in friction have open trouble of this fortnight."""
    events = []
    short = account.code.removeprefix("ACC-")
    for index in range(
        rng.choice((0, 1, 1, 2)) + (1 if entry.tier == cast.STRATEGIC else 0)
    ):
        opened = _at(today, rng.randrange(20, 150), rng)
        subject = rng.choice(cast.QUESTIONS)
        solved = opened + timedelta(hours=rng.randrange(3, 90))
        events += _ticket(account, f"HD-{short}-{index + 1}", opened, subject, solved)
    troubled = _TROUBLES.get(entry.plot, 0)
    for index in range(troubled):
        opened = _at(today, rng.randrange(1, 14), rng)
        subject = cast.TROUBLE[(index + len(account.name)) % len(cast.TROUBLE)]
        events += _ticket(account, f"HD-{short}-T{index + 1}", opened, subject, None)
    if not troubled and rng.random() < 0.25:
        opened = _at(today, rng.randrange(1, 6), rng)
        events += _ticket(
            account, f"HD-{short}-N1", opened, rng.choice(cast.QUESTIONS), None
        )
    return events


def _ticket(
    account: Account,
    number: str,
    opened: datetime,
    subject: tuple[str, str, str, int],
    solved: datetime | None,
) -> list[PastEvent]:
    title, description, category, severity = subject
    data = {
        "ticket": number,
        "title": title,
        "description": description,
        "category": category,
        "severity": severity,
        "email": account.email,
    }
    events = [
        _event(
            "helpdesk",
            "support.ticket_created",
            account,
            opened,
            f"{number}-c",
            {**data, "status": "open"},
        )
    ]
    if solved:
        done = {"ticket": number, "status": "solved"}
        events.append(
            _event(
                "helpdesk",
                "support.ticket_updated",
                account,
                solved,
                f"{number}-s",
                done,
            )
        )
    return events


def _usage(
    account: Account, entry: cast.Cast, today: date, rng: random.Random
) -> list[PastEvent]:
    """Active seats a week, for eight weeks; fading accounts lose half of them."""
    events = []
    for week in range(8, 0, -1):
        fading = 0.1 * (8 - week) if entry.plot in (cast.FADING, cast.SINKING) else 0.0
        share = 0.82 - fading + rng.uniform(-0.03, 0.03)
        day = today - timedelta(days=7 * week - 1)
        active = max(1, round(entry.seats * share))
        data = {
            "date": day.isoformat(),
            "metric": "active_users",
            "value": active,
            "seats_active": active,
        }
        when = datetime.combine(day, time(2, 30))
        identity = f"{account.code}-u{day:%Y%m%d}"
        events.append(
            _event("telemetry", "usage.reported", account, when, identity, data)
        )
    return events


def _onboarding(today: date) -> list[PastEvent]:
    """Northwind Tooling waits for its data migration."""
    account = _account(13, cast.CAST[12])
    kickoff, migration = today - timedelta(days=28), today - timedelta(days=6)
    reached = {
        "milestone": "Kick-off",
        "due": kickoff.isoformat(),
        "done_at": kickoff.isoformat(),
    }
    late = {"milestone": "Data migrated", "due": migration.isoformat()}
    return [
        _event(
            "telemetry",
            "onboarding.milestone_reached",
            account,
            datetime.combine(kickoff, time(15)),
            "onb-013-1",
            reached,
        ),
        _event(
            "telemetry",
            "onboarding.milestone_late",
            account,
            datetime.combine(migration + timedelta(days=1), time(6)),
            "onb-013-2",
            late,
        ),
    ]


def _concessions(today: date) -> tuple[Concession, ...]:
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


def _asks() -> tuple[Ask, ...]:
    """Three wait, the others are decided: eight decisions by three people."""
    return (
        Ask(
            "credit_small_done",
            "service_credit",
            "ACC-010",
            "Credit for lost webhook calls",
            310.0,
            "Orders had to be typed in by hand for a day.",
            "csm",
            9,
            (Vote("finance", True, "Within the goodwill budget."),),
        ),
        Ask(
            "credit_refused",
            "service_credit",
            "ACC-028",
            "Credit for a lost configuration",
            450.0,
            "The customer set up its approval steps three times.",
            "csm",
            8,
            (
                Vote(
                    "finance",
                    False,
                    "Two months of revenue; offer help with the set-up instead.",
                ),
            ),
        ),
        Ask(
            "credit_large_done",
            "service_credit",
            "ACC-001",
            "Credit for slow exports",
            1900.0,
            "The quarter's reports were two days late because exports were slow.",
            "csm",
            31,
            (
                Vote("finance", True, "The incident report supports it."),
                Vote("finance_manager", True, "Agreed, renewal is near."),
            ),
        ),
        Ask(
            "continuity_done",
            "service_continuity",
            "ACC-006",
            "Two failed payments during a change of bank: what now?",
            0.0,
            "The customer changes its bank; billing could not collect twice.",
            "admin",
            22,
            (
                Vote(
                    "finance",
                    True,
                    "They have always paid; give them the time.",
                    "extend_grace",
                ),
                Vote(
                    "csm",
                    True,
                    "The new mandate is signed, two weeks are enough.",
                    "extend_grace",
                ),
            ),
        ),
        Ask(
            "credit_small",
            "service_credit",
            "ACC-006",
            "Credit for a late project start",
            640.0,
            "The consultant was ill and the project began two weeks late.",
            "csm",
            5,
        ),
        Ask(
            "credit_large",
            "service_credit",
            "ACC-002",
            "Credit after incident INC-0042",
            4200.0,
            "The sync component was down for 4 h 12 min; the contract promises 99.9 %.",
            "csm",
            27,
            (
                Vote(
                    "finance",
                    True,
                    "The outage is proven; the amount needs the manager.",
                ),
            ),
        ),
        Ask(
            "continuity",
            "service_continuity",
            "ACC-003",
            "Disputed invoice, renewal in 19 days: what now?",
            0.0,
            "Delta Pharma Supply disputes its invoice and pays nothing until it is settled.",
            "admin",
            20,
        ),
    )


#: usual way of a refund, and what a step adds in hours
_REFUND = (
    ("Received", 0),
    ("Checked", 5),
    ("Approved", 20),
    ("Paid back", 30),
    ("Closed", 2),
)


def _process_log(today: date, rng: random.Random) -> str:
    """Sixty refunds as a small process log: most straight, some go back, some stall."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("case", "activity", "timestamp", "resource", "channel"))
    for number in range(1, 61):
        for activity, moment in _refund(today, rng):
            resource = "Finance" if activity in ("Approved", "Paid back") else "Support"
            channel = "portal" if number % 3 else "mail"
            writer.writerow(
                (
                    f"REF-{number:03d}",
                    activity,
                    moment.isoformat(sep=" "),
                    resource,
                    channel,
                )
            )
    return out.getvalue()


def _refund(today: date, rng: random.Random) -> list[tuple[str, datetime]]:
    moment = _at(today, rng.randrange(25, 170), rng)
    kind = rng.random()
    trail = []
    for activity, hours in _REFUND:
        moment += timedelta(minutes=rng.randrange(30, 60 * max(2, 2 * hours)))
        trail.append((activity, moment))
        if activity == "Checked" and kind < 0.25:
            for again in ("Data missing", "Customer answered", "Checked"):
                moment += timedelta(hours=rng.randrange(4, 40))
                trail.append((again, moment))
        if activity == "Approved" and kind > 0.9:
            break
    return trail
