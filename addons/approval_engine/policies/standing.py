"""Whether somebody may do something with a request today, whatever they were asked for once.

Every door by which people act on the steps of a request asks here. ``steps`` bar those who are barred today; what a
person lost since they were asked is said by ``Person``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import progress
from .persons import ONE_EACH, Logins, everyone
from .progress import ALREADY_DECIDED, BARRED, NOT_NOW, REQUESTER
from .seats import DECIDED, UNDECIDED, Seat, Step

# doors
DECIDE = "decide"  # approve, reject, ask a question: who could decide now
CHOOSE = "choose"  # who could decide now, and who has decided already
ADD = "add"  # who could decide now, and the policy's owner
ANSWER = "answer"  # whoever is, or was, asked for a decision; who asked for it answers anyway
SETTLE = "settle"  # say that what failed was carried out by hand

LOST = "right_lost"  # refusal: the right that the seat rests on is gone


Held = tuple[Step, Seat]


@dataclass(frozen=True)
class Person:
    user_id: int
    lenders: frozenset[int] = frozenset()  # in whose place they may decide now
    able: bool = True  # can open and decide requests of this company at all
    # (key of the step, whose seat): those to which their right is gone
    lost: frozenset[tuple[int, int]] = frozenset()


def refuse(
    door: str,
    steps: Sequence[Step],
    person: Person,
    *,
    requester_id: int,
    owner_id: int | None = None,
    logins: Logins = ONE_EACH,
) -> str | None:
    """:return: why this person may not go through ``door`` now (a code of this module or of ``progress``), or None

    :param owner_id: of the policy
    :param logins: of people with several
    """
    if requester_id in everyone({person.user_id}, logins):
        return REQUESTER
    if door == SETTLE:
        return _refuse_outsider(steps, person)
    if door == ADD and person.user_id == owner_id:
        return _refuse_outsider(steps, person)
    refusal = progress.refuse(
        steps,
        user_id=person.user_id,
        requester_id=requester_id,
        lenders=person.lenders,
        logins=logins,
    )
    if door == CHOOSE and refusal == ALREADY_DECIDED:
        return _refuse_decider(steps, person)
    if door == ANSWER and refusal in (ALREADY_DECIDED, NOT_NOW):
        return _refuse_asked(steps, person)
    return refusal or _refuse_lost(steps, person)


def _refuse_outsider(steps: Sequence[Step], person: Person) -> str | None:
    """Of those who act without a seat: who is barred from any step has nothing to say here."""
    if any(person.user_id in step.barred for step in steps):
        return BARRED
    return None if person.able else LOST


def _refuse_lost(steps: Sequence[Step], person: Person) -> str | None:
    """One seat lost, and nobody decides before the seats are in order again."""
    open_to = [held for held in _touched(steps, person) if held[1].state in UNDECIDED]
    return LOST if not person.able or _lost(open_to, person) else None


def _refuse_decider(steps: Sequence[Step], person: Person) -> str | None:
    """Of those who decided already, only who could decide the same step today."""
    filled = [held for held in _touched(steps, person) if held[1].state in DECIDED]
    if not filled:  # it was decided under another login of theirs
        return ALREADY_DECIDED
    if len(_free(filled, person)) < len(filled):
        return BARRED
    return LOST if not person.able or _lost(filled, person) else None


def _refuse_asked(steps: Sequence[Step], person: Person) -> str | None:
    """Of those who are, or were, asked: one seat is enough to which they have the right today."""
    touched = _touched(steps, person)
    free = _free(touched, person)
    if touched and not free:
        return BARRED
    lost = _lost(free, person)
    return LOST if not person.able or len(lost) == len(free) else None


def _free(held: Sequence[Held], person: Person) -> list[Held]:
    """:return: those from which neither this person nor whose seat it is is barred"""
    return [
        (step, seat)
        for step, seat in held
        if not step.barred & {person.user_id, seat.user_id}
    ]


def _lost(held: Sequence[Held], person: Person) -> list[Held]:
    return [(s, seat) for s, seat in held if (s.key, seat.user_id) in person.lost]


def _touched(steps: Sequence[Step], person: Person) -> list[Held]:
    """:return: seats that are this person's, that they filled for another, or may fill now"""
    people = {person.user_id, *person.lenders}
    return [
        (step, seat)
        for step in steps
        for seat in step.seats
        if seat.user_id in people or seat.decided_by == person.user_id
    ]
