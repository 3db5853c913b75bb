"""The life of a ticket: which moves exist and what each one means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NEW = "new"  #: nobody works on it yet
OPEN = "open"  #: somebody works on it
WAITING = "waiting"  #: the next step is the customer's
SOLVED = "solved"  #: we say it is done; the customer may disagree
CLOSED = "closed"  #: done for good, or never a matter for support (spam, duplicate)

STATES = [
    (NEW, "New"),
    (OPEN, "Open"),
    (WAITING, "Waiting for Customer"),
    (SOLVED, "Solved"),
    (CLOSED, "Closed"),
]
OPEN_STATES = (NEW, OPEN, WAITING)
DONE_STATES = (SOLVED, CLOSED)

TRANSITIONS: dict[str, frozenset[str]] = {
    NEW: frozenset({OPEN, WAITING, SOLVED, CLOSED}),
    OPEN: frozenset({WAITING, SOLVED, CLOSED}),
    WAITING: frozenset({OPEN, SOLVED, CLOSED}),
    SOLVED: frozenset({OPEN, CLOSED}),
    CLOSED: frozenset({OPEN}),
}


def may_move(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())


def is_reopening(source: str, target: str) -> bool:
    return source in DONE_STATES and target in OPEN_STATES


@dataclass(frozen=True)
class Step:
    """What a move is called in the ledger and in the process log."""

    event_type: str
    activity: str


def describe(source: str, target: str) -> Step:
    """:raises ValueError: if the move does not exist"""
    if not may_move(source, target):
        raise ValueError(f"no move from {source} to {target}")
    if is_reopening(source, target):
        return Step("support.reopened", "Ticket reopened")
    return {
        OPEN: Step(
            "support.resumed", "Work started" if source == NEW else "Customer answered"
        ),
        WAITING: Step("support.waiting", "Customer asked"),
        SOLVED: Step("support.solved", "Ticket solved"),
        CLOSED: Step("support.closed", "Ticket closed"),
    }[target]


@dataclass(frozen=True)
class Clock:
    """The times a ticket keeps. Naive UTC; None: it has not happened, or no longer counts."""

    solved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int


def clock_after(clock: Clock, source: str, target: str, at: datetime) -> Clock:
    """:return: the times after a move from ``source`` to ``target`` at ``at``

    A reopened ticket is neither solved nor closed; closing a solved one keeps when it was solved.
    """
    if is_reopening(source, target):
        return Clock(None, None, clock.reopen_count + 1)
    if target == SOLVED:
        return Clock(at, None, clock.reopen_count)
    if target == CLOSED:
        return Clock(clock.solved_at, at, clock.reopen_count)
    return clock
