"""Answers that promise money or terms wait for a decision; every other answer goes out at once."""

from __future__ import annotations

CREDIT = "credit"
REFUND = "refund"
DISCOUNT = "discount"
TERMS = "terms"
OTHER = "other"

PROMISES = [
    (CREDIT, "A credit"),
    (REFUND, "A refund"),
    (DISCOUNT, "A discount"),
    (TERMS, "Other terms of the contract"),
    (OTHER, "Something else that costs us"),
]
WITH_AMOUNT = frozenset({CREDIT, REFUND, DISCOUNT})

HELD = "held"  #: waits for a decision
SENT = "sent"  #: approved, and with the customer
REFUSED = "refused"  #: must not be sent
WITHDRAWN = "withdrawn"  #: its author took it back

STATES = [
    (HELD, "Held"),
    (SENT, "Sent"),
    (REFUSED, "Refused"),
    (WITHDRAWN, "Withdrawn"),
]

MOST = 10**12  # what a sum of money can be at most here

MOST_CHARS = 100_000  # of a text, as of a mail

EMPTY = "empty"
TOO_LONG = "too_long"
NO_PROMISE = "no_promise"
NO_AMOUNT = "no_amount"
BAD_AMOUNT = "bad_amount"


def problem(text: str, promise: str, amount: float) -> str | None:
    """:param text: what the customer would read, without tags
    :param amount: what is promised, in its currency; 0 where money is not the point
    :return: why this cannot be put to anybody, None if it can
    """
    if not text.strip():
        return EMPTY
    if len(text) > MOST_CHARS:
        return TOO_LONG
    if promise not in dict(PROMISES):
        return NO_PROMISE
    if not 0 <= amount < MOST:  # refuses what is no number, too
        return BAD_AMOUNT
    if promise in WITH_AMOUNT and not amount:
        return NO_AMOUNT
    return None


def may_move(state: str) -> bool:
    """Only what waits can be decided, and only once."""
    return state == HELD
