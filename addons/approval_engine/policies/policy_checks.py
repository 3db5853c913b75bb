"""What is weak about a policy while it is being designed: found before anybody has to wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import routing
from .seats import ALL, Seat

# how bad it is
STOPS = "stops"  # some requests could not be submitted
WARNS = "warns"

# codes of findings; the wording belongs to the model
NOBODY = "nobody"  # a step has no people today
TOO_FEW = "too_few"  # a step needs more people than it has
ONE_PERSON = "one_person"  # all hangs on one person
ASKS_OFTEN = "asks_often"  # and that person often asks, so the owner decides
GAP = "gap"  # no step for some amounts
ONLY_IF = "only_if"  # only conditional steps for some amounts
SHORT = "short"  # not enough different people for all steps, so the owner is asked
STUCK = "stuck"  # not even the owner helps
STUCK_IF = "stuck_if"  # ... if a certain person asks
NO_OWNER = "no_owner"  # the owner cannot step in anywhere

OFTEN = 0.2  # share of the requests that one person asks, from which on it is often
LEAST_ASKED = 3  # requests of one person that say anything
MOST_PEOPLE = 50  # people looked at as requesters
SOMEBODY = -1  # stands for people who are found only when a request is there


@dataclass(frozen=True)
class Draft:
    """A step as it is designed. ``people`` None: they follow from the request."""

    key: int
    name: str
    sequence: int = 10
    mode: str = ALL
    quorum: int = 0
    percent: int = 0
    pick: int = 0
    amount_from: float = 0.0
    amount_to: float = 0.0
    people: tuple[Seat, ...] | None = ()
    conditional: bool = False


@dataclass(frozen=True)
class Finding:
    code: str
    level: str = WARNS
    key: int | None = None  # of the step; None: the policy as a whole
    user_id: int = 0
    count: int = 0
    of: int = 0
    amount: float = 0.0  # from which on, for a gap
    step: str = field(default="", compare=True)


def find(
    steps: Sequence[Draft],
    *,
    owner_id: int | None,
    auto_amount: float = 0.0,
    asks: Mapping[int, int] | None = None,
) -> list[Finding]:
    """:param owner_id: of the policy; None: nobody who can decide
    :param asks: {user id: requests of late}, of everybody who asked
    """
    found = [one for step in steps for one in _of_step(step, asks or {})]
    if owner_id is None:
        found.append(Finding(NO_OWNER))
    if steps:
        found += _of_amounts(steps, owner_id, auto_amount)
        found += _of_requesters(steps, owner_id, auto_amount, found)
    return found


def _of_step(step: Draft, asks: Mapping[int, int]) -> Iterator[Finding]:
    if step.people is None:
        return
    if not step.people:
        yield Finding(NOBODY, key=step.key, step=step.name)
        return
    needed = max(step.quorum, 1) if step.mode == "quorum" else 1
    if len(step.people) < needed:
        yield Finding(
            TOO_FEW, key=step.key, count=len(step.people), of=needed, step=step.name
        )
    elif len(step.people) == 1:
        user, total = step.people[0].user_id, sum(asks.values())
        often = asks.get(user, 0)
        code = ONE_PERSON
        if often >= LEAST_ASKED and often >= OFTEN * total:
            code = ASKS_OFTEN
        yield Finding(
            code, key=step.key, user_id=user, count=often, of=total, step=step.name
        )


# ---------------------------------------------------------------------- amounts


def amounts(steps: Iterable[Draft], auto_amount: float = 0.0) -> list[float]:
    """:return: one amount of each band that differs in its steps, above what the policy decides itself"""
    edges = {0.0, auto_amount}
    for step in steps:
        edges |= {step.amount_from, step.amount_to}
    return [_above(edge) for edge in sorted(edges) if edge >= auto_amount]


def _above(edge: float) -> float:
    return edge + 0.01


def _of_amounts(
    steps: Sequence[Draft], owner_id: int | None, auto_amount: float
) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for amount in amounts(steps, auto_amount):
        one = _of_amount(steps, owner_id, amount)
        if one is not None and (one.code, one.step) not in told:
            told.add((one.code, one.step))
            yield one


def _of_amount(
    steps: Sequence[Draft], owner_id: int | None, amount: float
) -> Finding | None:
    plain = [step for step in steps if not step.conditional]
    if _route(steps, None, amount).problem == routing.NO_STEP:
        return Finding(GAP, STOPS, amount=amount)
    if _route(plain, None, amount).problem == routing.NO_STEP:
        return Finding(ONLY_IF, amount=amount)
    route = _route(steps, owner_id, amount)
    if route.problem:
        return Finding(STUCK, STOPS, amount=amount, step=route.short_step)
    short = _route(steps, None, amount)
    whole = all(step.people is None or step.people for step in steps)
    if short.problem and whole:
        return Finding(SHORT, amount=amount, step=short.short_step)
    return None


def _of_requesters(
    steps: Sequence[Draft],
    owner_id: int | None,
    auto_amount: float,
    found: Sequence[Finding],
) -> Iterator[Finding]:
    """Whoever asks loses their seats: does that leave enough?"""
    if any(one.code in (STUCK, GAP) for one in found):
        return
    people = [seat.user_id for step in steps for seat in step.people or ()]
    askers = [*dict.fromkeys(people), *([owner_id] if owner_id else [])]
    for user_id in list(dict.fromkeys(askers))[:MOST_PEOPLE]:
        for amount in amounts(steps, auto_amount):
            route = _route(steps, owner_id, amount, user_id)
            if route.problem == routing.UNREACHABLE:
                step = route.short_step
                yield Finding(
                    STUCK_IF, STOPS, user_id=user_id, amount=amount, step=step
                )
                break


def _route(
    steps: Sequence[Draft], owner_id: int | None, amount: float, requester_id: int = 0
) -> routing.Route:
    rules = [_rule(step) for step in steps]
    return routing.build_route(
        rules, amount=amount, requester_id=requester_id, owner_id=owner_id
    )


def _rule(step: Draft) -> routing.StepRule:
    people = step.people
    if people is None:  # somebody will be found, and nobody else's seat
        many = max(step.quorum, 1) + 1
        first = SOMEBODY - 1000 * (abs(step.key) + 1)
        people = tuple(Seat(first - n) for n in range(many))
    return routing.StepRule(
        step.key,
        step.sequence,
        step.name,
        step.mode,
        step.quorum,
        step.amount_from,
        step.amount_to,
        candidates=people,
        percent=step.percent,
        pick=step.pick,
    )
