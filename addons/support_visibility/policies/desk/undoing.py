"""Whether the last move of a ticket may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=10)
NOTHING = "nothing"  # no move is remembered
OTHERS = "others"  # somebody else made it
LATE = "late"
SINCE = "since"  # something happened after it


@dataclass(frozen=True)
class Move:
    """The last move of a ticket.

    :param at: when it was made; naive UTC
    :param is_last: the ticket stands where this move put it
    """

    at: datetime
    by_user_id: int
    is_last: bool = True


def problem(
    move: Move | None, user_id: int, now: datetime, happened_at: datetime | None
) -> str | None:
    """:param happened_at: the latest that happened to the ticket besides deadlines passing; None: nothing
    :return: a code why ``user_id`` cannot take the move back now; None: it can be"""
    if move is None:
        return NOTHING
    if move.by_user_id != user_id:
        return OTHERS
    if now - move.at > WITHIN:
        return LATE
    if not move.is_last or (happened_at is not None and happened_at > move.at):
        return SINCE
    return None
