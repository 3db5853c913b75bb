"""Steps, the seats of their approvers, and whether enough different people are left to fill them.

One person fills one seat of a request: whoever decided a step no longer counts in another,
neither for themselves nor in somebody's place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# modes of a step
ALL = "all"  # everybody must approve; one no rejects
ANY = "any"  # the first answer decides
QUORUM = "quorum"  # a number must approve; rejected once that number is out of reach
MODES = [(ALL, "Everybody"), (ANY, "Anybody"), (QUORUM, "A number of them")]

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


@dataclass(frozen=True)
class Seat:
    user_id: int
    why: str = NAMED
    state: str = WAITING
    decided_by: int = 0  # who decided in the place of ``user_id``; 0: they themselves


@dataclass(frozen=True)
class Step:
    key: int  # id of the policy step, or of the request step it became
    sequence: int  # equal sequence: in parallel
    name: str
    mode: str
    quorum: int = 0  # approvals needed; only for mode quorum
    state: str = WAITING
    seats: tuple[Seat, ...] = ()

    def seat_of(self, user_id: int) -> Seat | None:
        return next((seat for seat in self.seats if seat.user_id == user_id), None)

    def users(self, *states: str) -> list[int]:
        """:return: the people whose seat is in one of ``states``"""
        return [seat.user_id for seat in self.seats if seat.state in states]

    @property
    def approvals(self) -> int:
        return len(self.users(APPROVED))

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


def find_short_step(steps: Sequence[Step]) -> Step | None:
    """The first undecided step that cannot get enough different people any more.

    A matching between the seats still needed and the people still free, one seat each.
    """
    taken: dict[int, int] = {}  # user -> index of the demand they fill
    demands = _demands(steps)
    for index, (step, _users) in enumerate(demands):
        if not _place(index, demands, taken, set()):
            return step
    return None


def _place(
    index: int,
    demands: list[tuple[Step, list[int]]],
    taken: dict[int, int],
    seen: set[int],
) -> bool:
    """Find somebody for one demand, moving others to another seat where needed (Kuhn)."""
    for user_id in demands[index][1]:
        if user_id in seen:
            continue
        seen.add(user_id)
        if user_id not in taken or _place(taken[user_id], demands, taken, seen):
            taken[user_id] = index
            return True
    return False


def _demands(steps: Sequence[Step]) -> list[tuple[Step, list[int]]]:
    """:return: one entry per seat still needed, with the people who could fill it"""
    free = deciders(steps)
    demands: list[tuple[Step, list[int]]] = []
    bound: set[int] = set()  # those an earlier step with mode "all" needs
    for step in sorted(steps, key=lambda s: (s.sequence, len(s.seats), s.key)):
        if step.state not in UNDECIDED:
            continue
        users = [u for u in step.users(*UNDECIDED) if u not in free]
        demands += [(step, users)] * _needed(step, users, bound)
        if step.mode == ALL:
            bound.update(users)
    return demands


def _needed(step: Step, users: list[int], bound: set[int]) -> int:
    if step.mode == ANY:
        return 1
    if step.mode == QUORUM:
        return max(step.quorum - step.approvals, 0)
    minimum = 0 if step.approvals else 1
    return max(len([u for u in users if u not in bound]), minimum)


def add_owner(
    steps: Sequence[Step], short: Step, owner_id: int | None, barred: set[int]
) -> list[Step] | None:
    """Give the policy's owner a seat in the step that is short of people.

    :param barred: people who may not sit: the requester, and those who decided already
    :return: the steps, or None if the owner cannot help
    """
    if not owner_id or owner_id in barred or short.seat_of(owner_id):
        return None
    seat = Seat(owner_id, OWNER, short.state)
    return [
        replace(s, seats=(*s.seats, seat)) if s.key == short.key else s for s in steps
    ]


def fill_up(
    steps: Sequence[Step], *, owner_id: int | None, requester_id: int
) -> tuple[list[Step], Step | None]:
    """Call in the policy's owner where a step has too few people.

    :return: the steps, and the step that stays short (None: all can be decided)
    """
    result = list(steps)
    barred = {requester_id} | deciders(result)
    while short := find_short_step(result):
        filled = add_owner(result, short, owner_id, barred)
        if filled is None:
            return result, short
        result = filled
    return result, None
