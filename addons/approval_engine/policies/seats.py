"""Steps and the seats of their approvers.

One person fills one seat of a request: whoever decided a step no longer counts in another,
neither for themselves nor in somebody's place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

# modes of a step
ALL = "all"  # everybody must approve; one no rejects
ANY = "any"  # the first answer decides
QUORUM = "quorum"  # a number must approve; rejected once that number is out of reach
PERCENT = "percent"  # a share of the seats, counted once when the route is laid
WEIGHTED = "weighted"  # the weights of those who approve must add up to a threshold
MODES = [
    (ALL, "Everybody"),
    (ANY, "Anybody"),
    (QUORUM, "A number of them"),
    (PERCENT, "A share of them (%)"),
    (WEIGHTED, "Enough weight"),
]
COUNTED = frozenset({QUORUM, PERCENT, WEIGHTED})  # those with a ``quorum`` to reach

# states of a step and of a seat
WAITING = "waiting"  # earlier steps come first
PENDING = "pending"  # to be decided now
APPROVED = "approved"
REJECTED = "rejected"
SKIPPED = "skipped"  # no longer needed
STATES = [
    (WAITING, "Later"),
    (PENDING, "Waiting"),
    (APPROVED, "Approved"),
    (REJECTED, "Rejected"),
    (SKIPPED, "Not Needed"),
]
UNDECIDED = frozenset({WAITING, PENDING})
DECIDED = frozenset({APPROVED, REJECTED})

# why somebody has a seat
NAMED = "named"  # named in the step
GROUP = "group"  # member of the step's group
MANAGER = "manager"  # in the line of managers above the requester
FIELD = "field"  # named by a field of the record it is about
MATRIX = "matrix"  # has the role that the matrix asks for
ADDED = "added"  # asked in addition, for this one request
ESCALATED = "escalated"  # asked because the time of those before ran out
OWNER = "owner"  # the policy's owner, because nobody else could decide the step
# asked for what was so when they were asked: they keep the seat while they can decide at all
KEPT = frozenset({MANAGER, FIELD, ADDED, ESCALATED})
LATE = (ADDED, ESCALATED)  # asked after the route was laid


@dataclass(frozen=True)
class Seat:
    user_id: int
    why: str = NAMED
    state: str = WAITING
    decided_by: int = 0  # who decided in the place of ``user_id``; 0: they themselves
    detail: str = ""  # ``why`` in words for this person, as of when they were asked
    weight: int = 1  # counts in mode "weighted" only
    person: int = 0  # whose login it is, where one person has several; 0: they have one

    @property
    def who(self) -> int:
        return self.person or self.user_id


@dataclass(frozen=True)
class Step:
    key: int  # id of the policy step, or of the request step it became
    sequence: int  # equal sequence: in parallel
    name: str
    mode: str
    quorum: int = 0  # approvals, or weight of them, needed; only for modes ``COUNTED``
    state: str = WAITING
    seats: tuple[Seat, ...] = ()
    barred: frozenset[int] = (
        frozenset()
    )  # who must not decide it, for themselves or another

    def seat_of(self, user_id: int) -> Seat | None:
        return next((seat for seat in self.seats if seat.user_id == user_id), None)

    def users(self, *states: str) -> list[int]:
        """:return: the people whose seat is in one of ``states``"""
        return [seat.user_id for seat in self.seats if seat.state in states]

    @property
    def approvals(self) -> int:
        return len(self.users(APPROVED))

    def worth(self, *states: str) -> int:
        """:return: what the seats in one of ``states`` count towards ``quorum``"""
        held = [seat for seat in self.seats if seat.state in states]
        return sum(s.weight for s in held) if self.mode == WEIGHTED else len(held)

    @property
    def awaited(self) -> int:
        """Answers that everybody's approval still waits for.

        Who was called in as the time ran out stands for one of those who have not answered: calling
        in more people must not make a step harder to decide. One no rejects, also theirs.
        """
        first = [s for s in self.seats if s.why != ESCALATED and s.state in UNDECIDED]
        called_in = [
            s for s in self.seats if s.why == ESCALATED and s.state == APPROVED
        ]
        return max(len(first) - len(called_in), 0)

    def with_seat_state(self, user_id: int, state: str, decided_by: int = 0) -> Step:
        seats = tuple(
            replace(s, state=state, decided_by=decided_by)
            if s.user_id == user_id
            else s
            for s in self.seats
        )
        return replace(self, seats=seats)


def deciders(steps: Iterable[Step]) -> set[int]:
    """:return: everybody who has decided a step, and everybody in whose place it was decided"""
    decided = [s for step in steps for s in step.seats if s.state in DECIDED]
    return {
        user_id for s in decided for user_id in (s.user_id, s.decided_by) if user_id
    }


def with_barred(step: Step, user_ids: frozenset[int]) -> Step:
    """:return: the step with these people barred as well"""
    return replace(step, barred=step.barred | user_ids)
