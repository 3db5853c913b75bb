"""Which steps a request takes, who decides them, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice

from .reach import fill_up, find_short_step
from .seats import COUNTED, PERCENT, Seat, Step

# why there is no route; the wording belongs to the model
NO_STEP = "no_step"  # no step of the policy applies to this amount
UNREACHABLE = "unreachable"  # a step has nobody, or too few, who could decide it

# how the people of a step are found
PEOPLE = "people"  # named, or in a group
MANAGERS = "manager"  # the line above the requester
FIELD = "field"  # a field of the record it is about
MATRIX = "matrix"  # whom the role matrix names
ROUTES = [
    (PEOPLE, "People and group"),
    (MANAGERS, "Managers of the requester"),
    (FIELD, "A field of the record"),
    (MATRIX, "A role of the matrix"),
]

PICK_TRIES = (
    200  # groups of people looked at, so that nobody is taken whom another step needs
)


@dataclass(frozen=True)
class StepRule:
    """A step as the policy has it. ``candidates``: the seats of those with access, in order."""

    key: int
    sequence: int
    name: str
    mode: str
    quorum: int = 0  # the number, or for mode "weighted" the weight, that is needed
    amount_from: float = 0.0  # applies above this amount; 0: no lower bound
    amount_to: float = 0.0  # applies up to and including this amount; 0: no upper bound
    candidates: tuple[Seat, ...] = ()
    barred: frozenset[int] = frozenset()  # who must not decide this step
    percent: int = 0  # of the seats, for mode "percent"
    pick: int = 0  # ask only so many, the first that can; 0: all
    holds: bool = True  # whether the condition of the step is met


@dataclass(frozen=True)
class Route:
    steps: tuple[Step, ...] = ()
    problem: str | None = None  # NO_STEP or UNREACHABLE
    short_step: str = ""  # name of the step nobody can decide


def applies(rule: StepRule, amount: float) -> bool:
    """Whether the amount is above ``amount_from`` and at most ``amount_to``.

    The sign does not count: a credit of -5,000 is as much at stake as one of 5,000.
    """
    size = abs(amount)
    above = not rule.amount_from or size > rule.amount_from
    below = not rule.amount_to or size <= rule.amount_to
    return rule.holds and above and below


def at_stake(amount: float, counted: float = 0.0) -> float:
    """:return: the amount that chooses the steps, without sign

    :param counted: sum of the sizes of what was asked before and counts too, at least 0
    """
    return abs(amount) + counted


def build_route(
    rules: Sequence[StepRule], *, amount: float, requester_id: int, owner_id: int | None
) -> Route:
    """Steps that apply, each with its seats; the requester and who is barred have none.

    A step with too few people goes to the policy's owner; if that does not help, the
    route has a ``problem`` and must not be used.

    :param amount: in the policy's currency
    """
    chosen = sorted(
        (r for r in rules if applies(r, amount)), key=lambda r: (r.sequence, r.key)
    )
    if not chosen:
        return Route(problem=NO_STEP)
    asked = _pick_people([_to_step(rule, requester_id) for rule in chosen], chosen)
    counted = [_count(s, r) for s, r in zip(asked, chosen, strict=True)]
    steps, short = fill_up(counted, owner_id=owner_id, requester_id=requester_id)
    if short:
        return Route(tuple(steps), UNREACHABLE, short.name)
    return Route(tuple(steps))


def _to_step(rule: StepRule, requester_id: int) -> Step:
    seats: dict[int, Seat] = {}
    for seat in rule.candidates:
        if seat.user_id != requester_id and seat.user_id not in rule.barred:
            seats.setdefault(seat.who, seat)
    step = Step(
        rule.key,
        rule.sequence,
        rule.name,
        rule.mode,
        seats=tuple(seats.values()),
        barred=rule.barred,
    )
    return _count(step, rule)


def _count(step: Step, rule: StepRule) -> Step:
    """Say how much is needed; a share is one of the seats laid now, whoever leaves later."""
    if rule.mode not in COUNTED:
        return step
    if rule.mode != PERCENT:
        return replace(step, quorum=max(rule.quorum, 1))
    share = -(-rule.percent * len(step.seats) // 100)  # rounded up
    return replace(step, quorum=max(share, 1))


# ---------------------------------------------------------------------- picking


def _pick_people(steps: Sequence[Step], rules: Sequence[StepRule]) -> list[Step]:
    """Ask only some of those who qualify, where the policy says so."""
    result = list(steps)
    for index, rule in enumerate(rules):
        if rule.pick and len(result[index].seats) > rule.pick:
            result[index] = _pick(result, index, rule)
    return result


def _pick(steps: Sequence[Step], index: int, rule: StepRule) -> Step:
    """The first ones, unless another step can then no longer be decided."""
    groups = [
        _count(replace(steps[index], seats=seats), rule)
        for seats in islice(combinations(steps[index].seats, rule.pick), PICK_TRIES)
    ]
    for picked in groups:
        if find_short_step([*steps[:index], picked, *steps[index + 1 :]]) is None:
            return picked
    return groups[0]


def order_by_load(candidates: Iterable[Seat], load: dict[int, int]) -> tuple[Seat, ...]:
    """:param load: how many seats wait for each now; :return: the least busy first, ties by id"""
    return tuple(sorted(candidates, key=lambda s: (load.get(s.user_id, 0), s.user_id)))


def here_first(found: Sequence[Seat], away: Collection[int]) -> tuple[Seat, ...]:
    """Those who are away are asked last, otherwise in the order given."""
    return tuple(sorted(found, key=lambda seat: seat.user_id in away))


def order_by_turn(
    candidates: Iterable[Seat], asked: dict[int, int]
) -> tuple[Seat, ...]:
    """:param asked: a number that grows with each time somebody is asked, the last of each

    :return: those never asked first, then whoever was asked longest ago; ties by id
    """
    return tuple(sorted(candidates, key=lambda s: (asked.get(s.user_id, 0), s.user_id)))
