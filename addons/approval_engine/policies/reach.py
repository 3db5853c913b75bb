"""Whether enough different people are left to decide a request, and who is called in if not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .seats import (
    ALL,
    ANY,
    APPROVED,
    COUNTED,
    OWNER,
    UNDECIDED,
    WEIGHTED,
    Seat,
    Step,
    deciders,
)


@dataclass(frozen=True)
class Demand:
    """What a step still needs, and what each of those who are free would give it."""

    step: Step
    need: int
    people: Mapping[int, int]  # person -> weight


def find_short_step(steps: Sequence[Step]) -> Step | None:
    """The first undecided step that cannot get enough different people any more."""
    demands = _demands(steps)
    if _are_met(demands):
        return None
    return next(
        demand.step
        for end, demand in enumerate(demands, 1)
        if not _are_met(demands[:end])
    )


def _demands(steps: Sequence[Step]) -> list[Demand]:
    spent = deciders(steps)
    found: list[Demand] = []
    bound: set[int] = set()  # those an earlier step with mode "all" needs
    for step in sorted(steps, key=lambda s: (s.sequence, len(s.seats), s.key)):
        if step.state not in UNDECIDED:
            continue
        people = {
            seat.who: seat.weight if step.mode == WEIGHTED else 1
            for seat in step.seats
            if seat.state in UNDECIDED and seat.user_id not in spent | step.barred
        }
        found.append(Demand(step, _needed(step, people, bound), people))
        if step.mode == ALL:
            bound.update(people)
    return found


def _needed(step: Step, people: Mapping[int, int], bound: set[int]) -> int:
    if step.mode == ANY:
        return 1
    if step.mode in COUNTED:
        return max(step.quorum - step.worth(APPROVED), 0)
    minimum = 0 if step.approvals else 1
    open_ = len([u for u in people if u not in bound])
    return max(min(open_, step.awaited), minimum)


# ---------------------------------------------------------------------- everybody one seat


def _are_met(demands: Sequence[Demand]) -> bool:
    """Whether all demands can be met at once, each person counting in one of them only.

    Demands that count heads are a matching. For those that add up unequal weights, all ways
    to cover them are tried; people who are alike are not told apart, which keeps that few.
    """
    relieved = [_relieve(demand, demands) for demand in demands]
    return _is_covered(relieved, [d for d in relieved if _is_weighty(d)], frozenset())


def _relieve(demand: Demand, demands: Sequence[Demand]) -> Demand:
    """Those whom nobody else wants give what they can here."""
    wanted = {
        user_id for d in demands if d.step is not demand.step for user_id in d.people
    }
    given = sum(w for user_id, w in demand.people.items() if user_id not in wanted)
    contested = {u: w for u, w in demand.people.items() if u in wanted}
    return Demand(demand.step, max(demand.need - given, 0), contested)


def _is_weighty(demand: Demand) -> bool:
    return demand.need > 0 and len(set(demand.people.values())) > 1


def _is_covered(
    demands: Sequence[Demand], weighty: Sequence[Demand], used: frozenset[int]
) -> bool:
    if not weighty:
        heads = [d for d in demands if not _is_weighty(d)]
        return _is_matched(heads, used)
    first, rest = weighty[0], weighty[1:]
    return any(
        _is_covered(demands, rest, used | cover)
        for cover in _covers(first, demands, used)
    )


def _covers(
    demand: Demand, demands: Sequence[Demand], used: frozenset[int]
) -> Iterator[frozenset[int]]:
    """:return: groups of people who together are enough; of those who are alike any"""
    alike: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for user_id, weight in demand.people.items():
        if user_id not in used:
            # the weight in other steps counts too: it is what they would lose
            elsewhere = tuple(d.people.get(user_id, 0) for d in demands)
            alike.setdefault((weight, elsewhere), []).append(user_id)
    classes = sorted(((w, users) for (w, _e), users in alike.items()), reverse=True)
    yield from _choose(classes, demand.need, frozenset())


def _choose(
    classes: list[tuple[int, list[int]]], need: int, chosen: frozenset[int]
) -> Iterator[frozenset[int]]:
    if need <= 0:
        yield chosen
    elif sum(weight * len(users) for weight, users in classes) >= need:
        (weight, users), rest = classes[0], classes[1:]
        for count in range(min(len(users), -(-need // weight)), -1, -1):
            taken = chosen.union(users[:count])
            yield from _choose(rest, need - count * weight, taken)


def _is_matched(demands: Sequence[Demand], used: frozenset[int]) -> bool:
    """A seat for each head that is needed (Kuhn's matching)."""
    places: list[list[int]] = []
    for demand in demands:
        free = [user_id for user_id in demand.people if user_id not in used]
        weight = next(iter(demand.people.values()), 1)  # the same for all of them
        places += [free] * -(-demand.need // weight)
    taken: dict[int, int] = {}  # user -> index of the place they fill
    return all(_place(index, places, taken, set()) for index in range(len(places)))


def _place(
    index: int, places: list[list[int]], taken: dict[int, int], seen: set[int]
) -> bool:
    """Find somebody for one place, moving others to another one where needed."""
    for user_id in places[index]:
        if user_id in seen:
            continue
        seen.add(user_id)
        if user_id not in taken or _place(taken[user_id], places, taken, seen):
            taken[user_id] = index
            return True
    return False


# ---------------------------------------------------------------------- the owner of the policy


def add_owner(
    steps: Sequence[Step], short: Step, owner_id: int | None, barred: set[int]
) -> list[Step] | None:
    """Give the policy's owner a seat in the step that is short of people.

    The seat weighs as much as the heaviest of the step: it stands for one person.

    :param barred: people who may not sit: the requester, and those who decided already
    :return: the steps, or None if the owner cannot help
    """
    if not owner_id or owner_id in barred | short.barred or short.seat_of(owner_id):
        return None
    weight = max((seat.weight for seat in short.seats), default=1)
    seat = Seat(owner_id, OWNER, short.state, weight=weight)
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
