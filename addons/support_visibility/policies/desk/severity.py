"""Who says how bad it is: a severe ticket moves many people, so somebody answers for the word."""

from __future__ import annotations

GRAVE = ("1", "2")  #: severities that have to be confirmed
UNCONFIRMED, CONFIRMED = "unconfirmed", "confirmed"
STANDINGS = [(UNCONFIRMED, "To be confirmed"), (CONFIRMED, "Confirmed")]


def standing(severity: str | None, may_confirm: bool) -> str | None:
    """:param may_confirm: whether who set it may confirm it
    :return: how a severity that was just set stands; None: nobody has to confirm it"""
    if severity not in GRAVE:
        return None
    return CONFIRMED if may_confirm else UNCONFIRMED


def may_change(now_stands: str | None, may_confirm: bool) -> bool:
    """What was confirmed is changed by those who may confirm only; anything else by everybody who has the ticket."""
    return may_confirm or now_stands != CONFIRMED
