"""What the story is made of. Times are naive UTC."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


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
    """One thing a connected system said in the past."""

    source: str  # code of the event source
    type: str
    account: str
    occurred_at: datetime
    id: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Assignment:
    """Somebody took up a ticket of the helpdesk."""

    ticket: str
    login: str
    at: datetime


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
    after: timedelta  # since the request was submitted
    approve: bool
    comment: str
    option: str | None = None


@dataclass(frozen=True)
class Ending:
    """How a request ended without its deciders.

    :param how: ``recall`` (its requester took it back), ``lapse`` (its reason went away) or
        ``expire`` (nobody decided in time)
    """

    how: str
    after: timedelta  # since the request was submitted


@dataclass(frozen=True)
class Ask:
    """A request for a decision and what became of it so far, in order."""

    key: str
    type: str  # code of the approval type
    account: str
    title: str
    amount: float
    reason: str
    requester: str
    asked_at: datetime
    votes: tuple[Vote, ...] = ()
    ending: Ending | None = None


@dataclass(frozen=True)
class Letter:
    """A message of a source that no one could act on: it waits for a person."""

    key: str
    source: str
    error_code: str  # why it is set aside
    received_at: datetime
    event: dict[str, Any]  # CloudEvent


@dataclass(frozen=True)
class Story:
    accounts: tuple[Account, ...]
    subscriptions: tuple[Subscription, ...]
    events: tuple[PastEvent, ...]  # by time
    assignments: tuple[Assignment, ...]
    concessions: tuple[Concession, ...]
    asks: tuple[Ask, ...]  # by time
    letters: tuple[Letter, ...]
    process_log: str  # CSV: case, activity, timestamp, resource, channel
    order_log: str  # OCEL 2.0 as JSON
