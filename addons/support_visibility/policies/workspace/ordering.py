"""Which ticket of a queue comes first, and why. Times are naive UTC.

The worst severity comes first, then what is due soonest (whatever is overdue is due soonest of all), then what nobody
promised a time for: the more urgent, then the older one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import priority, ticket_state

WORST = "1"  # severity
SOON = timedelta(hours=1)
TODAY = timedelta(hours=8)

# Why a ticket stands where it stands.
SEVERE = "severe"
OVERDUE = "overdue"
DUE = "due"
SNOOZED = "snoozed"
WAITING = "waiting"
ANSWERED = "answered"  # the customer spoke last, after an answer of ours
ASKED = "asked"  # the customer spoke last and never had an answer
ESCALATED = "escalated"
URGENT = "urgent"
OPENED = "opened"
MOST_REASONS = 2

# How pressing it is.
CRITICAL = "critical"
AT_RISK = "at_risk"
WATCH = "watch"
CALM = "calm"


@dataclass(frozen=True)
class Standing:
    """A ticket as its place in a queue follows from it."""

    id: int
    state: str
    priority: str
    opened_at: datetime
    severity: str = ""
    due_at: datetime | None = None
    state_since: datetime | None = None
    snoozed_until: datetime | None = None
    asked_at: datetime | None = (
        None  # of the last word in public, if the customer said it
    )
    was_answered: bool = False
    is_escalated: bool = False


@dataclass(frozen=True)
class Reason:
    code: str
    seconds: int = 0  # until it is due or back, else since it began; never negative


def sort_key(ticket: Standing) -> tuple[bool, bool, datetime, int, datetime, int]:
    """:return: what sorts a queue; the same order as ``ORDER_BY`` of the model"""
    return (
        ticket.severity != WORST,
        ticket.due_at is None,
        ticket.due_at or datetime.max,
        -int(ticket.priority),
        ticket.opened_at,
        ticket.id,
    )


def reasons(ticket: Standing, now: datetime) -> list[Reason]:
    """:return: why the ticket has its place, the strongest first; one or two"""
    found = [*_place(ticket, now), *_beside(ticket, now)]
    return found[:MOST_REASONS] or [Reason(OPENED, _since(ticket.opened_at, now))]


def pressure(ticket: Standing, now: datetime) -> str:
    """:return: critical, at_risk, watch or calm"""
    if ticket.due_at and ticket.due_at <= now:
        return CRITICAL
    if ticket.severity == WORST or (ticket.due_at and ticket.due_at <= now + SOON):
        return AT_RISK
    is_near = ticket.due_at is not None and ticket.due_at <= now + TODAY
    is_loud = ticket.is_escalated or ticket.priority == priority.PRIORITY_URGENT
    return WATCH if is_near or is_loud or ticket.asked_at else CALM


def _place(ticket: Standing, now: datetime) -> list[Reason]:
    """What sorts it."""
    found = []
    if ticket.snoozed_until and ticket.snoozed_until > now:
        found.append(Reason(SNOOZED, _since(now, ticket.snoozed_until)))
    if ticket.severity == WORST:
        found.append(Reason(SEVERE))
    if ticket.due_at and ticket.due_at <= now:
        found.append(Reason(OVERDUE, _since(ticket.due_at, now)))
    elif ticket.due_at:
        found.append(Reason(DUE, _since(now, ticket.due_at)))
    return found


def _beside(ticket: Standing, now: datetime) -> list[Reason]:
    """What else one should know."""
    found = []
    if ticket.state == ticket_state.WAITING:
        found.append(Reason(WAITING, _since(ticket.state_since or now, now)))
    elif ticket.asked_at:
        code = ANSWERED if ticket.was_answered else ASKED
        found.append(Reason(code, _since(ticket.asked_at, now)))
    if ticket.is_escalated:
        found.append(Reason(ESCALATED))
    if ticket.priority == priority.PRIORITY_URGENT:
        found.append(Reason(URGENT))
    return found


def _since(begin: datetime, end: datetime) -> int:
    return max(int((end - begin).total_seconds()), 0)


def span(seconds: int) -> tuple[int, str]:
    """:return: such as ``(25, "min")``, ``(3, "h")``, ``(2, "d")``: one figure is enough to choose by"""
    for size, unit in ((172_800, "d"), (5_400, "h"), (60, "min")):
        if seconds >= size:
            whole = {"d": 86_400, "h": 3_600, "min": 60}[unit]
            return round(seconds / whole), unit
    return max(seconds, 0), "s"
