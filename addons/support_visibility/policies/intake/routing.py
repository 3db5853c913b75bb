"""Where a mail goes: a new ticket, the next word on one, aside, back, or nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import automatic

NEW = "new"
ANSWER = "answer"
QUARANTINE = "quarantine"
REJECT = "reject"
CUT = automatic.CUT

ACCEPT_UNKNOWN = "accept"
UNKNOWN_POLICIES = [
    (ACCEPT_UNKNOWN, "Accept"),
    (QUARANTINE, "Quarantine"),
    (REJECT, "Reject"),
]

NO_SENDER = "no_sender"
UNKNOWN_SENDER = "unknown_sender"
# A number stands alone in square brackets, or at the start, as our own mails write it.
NUMBER = re.compile(r"\[\s*#?([A-Z][A-Z0-9]{0,9}-\d{1,12})\s*\]", re.IGNORECASE)


def number_in(subject: str) -> str | None:
    """:return: the ticket number in brackets; the last one, which the latest answer wrote"""
    found = NUMBER.findall(subject[:1000])
    return str(found[-1]).upper() if found else None


@dataclass(frozen=True)
class Arrival:
    """A mail, and what is known about it."""

    verdict: automatic.Verdict
    has_sender: bool
    is_known: bool  # a contact, or of the domain of an account
    by_reference: bool = False  # it answers a message of a ticket
    by_number: bool = False  # its subject names a ticket
    is_of_ticket: bool = False  # the sender belongs to that ticket or works here
    unknown: str = ACCEPT_UNKNOWN  # what the team does with senders it does not know


@dataclass(frozen=True)
class Route:
    act: str  # NEW, ANSWER, QUARANTINE, REJECT or CUT
    reason: str = ""
    may_answer: bool = True  # whether a machine may answer it


def route(arrival: Arrival) -> Route:
    """A number can be guessed, a message id cannot: a number alone leads only those who belong to the ticket."""
    verdict = arrival.verdict
    follows = arrival.by_reference or (arrival.by_number and arrival.is_of_ticket)
    if verdict.fate == automatic.CUT or (verdict.fate == automatic.ASIDE and follows):
        return Route(CUT, verdict.reason, may_answer=False)
    if not arrival.has_sender:
        return Route(QUARANTINE, NO_SENDER, may_answer=False)
    if verdict.fate == automatic.ASIDE:
        return Route(QUARANTINE, verdict.reason, may_answer=False)
    if follows and (arrival.is_of_ticket or arrival.is_known):
        return Route(ANSWER)
    if not arrival.is_known and arrival.unknown != ACCEPT_UNKNOWN:
        return Route(arrival.unknown, UNKNOWN_SENDER)
    return Route(ANSWER if follows else NEW)
