"""What customers asked: old questions are solved, accounts in friction have open trouble."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from . import cast
from .accounts import short_code
from .moments import working_moment
from .shapes import Account, Assignment, PastEvent

GRAVE = 1  # severity that goes to the manager
#: open complaints of an account, by its plot
TROUBLES = {
    cast.FRICTION: 4,
    cast.SINKING: 3,
    cast.FADING: 2,
    cast.DISPUTING: 1,
    cast.PAYING_LATE: 1,
}


@dataclass(frozen=True)
class Course:
    """One ticket: the moments of its reports, in order, and who took it up."""

    number: str
    subject: tuple[str, str, str, int]
    reports: tuple[tuple[str, datetime], ...]  # status, when
    assignment: Assignment | None


def courses(
    account: Account, entry: cast.Cast, today: date, rng: random.Random
) -> list[Course]:
    short = short_code(account)
    found = []
    old = rng.choice((0, 1, 1, 2)) + (1 if entry.tier == cast.STRATEGIC else 0)
    for index in range(old):
        opened = working_moment(today, rng.randrange(20, 90), rng)
        subject = rng.choice(cast.QUESTIONS)
        found.append(_solved(f"HD-{short}-{index + 1}", subject, opened, rng))
    troubled = TROUBLES.get(entry.plot, 0)
    for index in range(troubled):
        opened = working_moment(today, rng.randrange(1, 14), rng)
        subject = cast.TROUBLE[(index + len(account.name)) % len(cast.TROUBLE)]
        found.append(_open(f"HD-{short}-T{index + 1}", subject, opened, today, rng))
    if not troubled and rng.random() < 0.25:
        opened = working_moment(today, rng.randrange(1, 6), rng)
        subject = rng.choice(cast.QUESTIONS)
        found.append(_open(f"HD-{short}-N1", subject, opened, today, rng))
    return found


def _solved(
    number: str,
    subject: tuple[str, str, str, int],
    opened: datetime,
    rng: random.Random,
) -> Course:
    """Opened, taken up and solved; some wait for the customer, some come back."""
    moment = opened + timedelta(minutes=rng.randrange(15, 300))
    assignment = _assignment(number, subject, moment)
    reports = [("open", opened)]
    kind = rng.random()
    if kind < 0.35:
        for status in ("pending", "open"):
            moment += timedelta(minutes=rng.randrange(60, 1500))
            reports.append((status, moment))
    moment += timedelta(minutes=rng.randrange(45, 3600))
    reports.append(("solved", moment))
    if kind > 0.85:
        for status in ("open", "solved"):
            moment += timedelta(minutes=rng.randrange(120, 2400))
            reports.append((status, moment))
    return Course(number, subject, tuple(reports), assignment)


def _open(
    number: str,
    subject: tuple[str, str, str, int],
    opened: datetime,
    today: date,
    rng: random.Random,
) -> Course:
    """Not solved yet. The gravest are the manager's; a third of the rest is nobody's."""
    taken = opened + timedelta(minutes=rng.randrange(15, 240))
    somebody = subject[3] == GRAVE or rng.random() < 0.67
    midnight = datetime.combine(today, datetime.min.time())
    has_it = somebody and taken < midnight
    return Course(
        number,
        subject,
        (("open", opened),),
        _assignment(number, subject, taken) if has_it else None,
    )


def _assignment(
    number: str, subject: tuple[str, str, str, int], at: datetime
) -> Assignment:
    return Assignment(number, "support_manager" if subject[3] == GRAVE else "agent", at)


def events(account: Account, course: Course) -> list[PastEvent]:
    """What the helpdesk said about one ticket."""
    title, description, category, severity = course.subject
    opened: dict[str, Any] = {
        "title": title,
        "description": description,
        "category": category,
        "severity": severity,
        "email": account.email,
    }
    told = []
    for index, (status, at) in enumerate(course.reports):
        data: dict[str, Any] = {"ticket": course.number, "status": status}
        type_, mark = "support.ticket_updated", f"u{index}"
        if not index:
            data, type_, mark = data | opened, "support.ticket_created", "c"
        told.append(
            PastEvent(
                "helpdesk",
                type_,
                account.code,
                at,
                f"past-{course.number}-{mark}",
                data,
            )
        )
    return told
