"""Where a broken promise lost its time: with whom the working time went before it ran out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..sla.spans import Span

QUEUE = "queue"  #: nobody had it
FIRST = "first"  #: with the first agent who had it
HANDED = "handed"  #: with somebody who got it from another agent
REOPENED = "reopened"  #: after it had been solved once

CAUSES = [
    (QUEUE, "Waiting in a queue"),
    (FIRST, "With the first agent"),
    (HANDED, "After a handoff"),
    (REOPENED, "After it was reopened"),
]
ORDER = tuple(key for key, _label in CAUSES)


@dataclass(frozen=True)
class Hand:
    """:param at: from when on
    :param user_id: who has it then; None: a queue
    :param before_id: who had it until then; None: a queue
    """

    at: datetime
    user_id: int | None
    before_id: int | None


def spent(
    running: Iterable[Span],
    until: datetime,
    hands: Sequence[Hand],
    reopened: Sequence[datetime] = (),
    holder_id: int | None = None,
) -> dict[str, float]:
    """How the time that counted was spent before the promise broke.

    :param running: spans in which the clock ran (pauses and closed hours are not in them)
    :param until: when the promise broke
    :param hands: handoffs of the ticket
    :param reopened: when the ticket was reopened
    :param holder_id: who has the ticket, for one that never changed hands
    :return: ``{cause: seconds}`` of all causes; they add up to the running time until then
    """
    found = dict.fromkeys(ORDER, 0.0)
    turns = sorted({*(hand.at for hand in hands), *reopened})
    hands = sorted(hands, key=lambda hand: hand.at)
    for begin, end in running:
        for part in _cut(begin, min(end, until), turns):
            label = _label(part[0], hands, reopened, holder_id)
            found[label] += (part[1] - part[0]).total_seconds()
    return found


def cause(
    running: Iterable[Span],
    until: datetime,
    hands: Sequence[Hand],
    reopened: Sequence[datetime] = (),
    holder_id: int | None = None,
) -> str:
    """:return: the cause that took most of the time; of equals the earlier in a ticket's life. A promise that broke
    without any running time broke with whoever had the ticket at that moment"""
    found = spent(running, until, hands, reopened, holder_id)
    most = max(found.values())
    if not most:
        ordered = sorted(hands, key=lambda hand: hand.at)
        return _label(until, ordered, reopened, holder_id)
    return next(key for key in ORDER if found[key] == most)


def _cut(
    begin: datetime, end: datetime, turns: Sequence[datetime]
) -> Iterator[tuple[datetime, datetime]]:
    for turn in turns:
        if begin < turn < end:
            yield begin, turn
            begin = turn
    if begin < end:
        yield begin, end


def _label(
    at: datetime,
    hands: Sequence[Hand],
    reopened: Sequence[datetime],
    holder_id: int | None,
) -> str:
    if any(moment <= at for moment in reopened):
        return REOPENED
    past = [hand for hand in hands if hand.at <= at]
    if past:
        holder = past[-1].user_id
    else:
        holder = hands[0].before_id if hands else holder_id
    if holder is None:
        return QUEUE
    others = {hand.before_id for hand in past} | {hand.user_id for hand in past[:-1]}
    return HANDED if others - {None, holder} else FIRST
