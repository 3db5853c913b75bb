"""Which steps a request takes, who decides them, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .seats import QUORUM, Seat, Step, fill_up

# why there is no route; the wording belongs to the model
NO_STEP = "no_step"  # no step of the policy applies to this amount
UNREACHABLE = "unreachable"  # a step has nobody, or too few, who could decide it


@dataclass(frozen=True)
class StepRule:
    """A step as the policy has it. ``candidates``: (user id, why), those with access, in order."""

    key: int
    sequence: int
    name: str
    mode: str
    quorum: int = 0
    amount_from: float = 0.0  # applies above this amount; 0: no lower bound
    amount_to: float = 0.0  # applies up to and including this amount; 0: no upper bound
    candidates: tuple[tuple[int, str], ...] = ()


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
    return above and below


def build_route(
    rules: Sequence[StepRule], *, amount: float, requester_id: int, owner_id: int | None
) -> Route:
    """Steps that apply, each with its seats; the requester has none.

    A step with too few people goes to the policy's owner; if that does not help, the
    route has a ``problem`` and must not be used.

    :param amount: in the policy's currency
    """
    chosen = sorted(
        (r for r in rules if applies(r, amount)), key=lambda r: (r.sequence, r.key)
    )
    if not chosen:
        return Route(problem=NO_STEP)
    steps, short = fill_up(
        [_to_step(rule, requester_id) for rule in chosen],
        owner_id=owner_id,
        requester_id=requester_id,
    )
    if short:
        return Route(tuple(steps), UNREACHABLE, short.name)
    return Route(tuple(steps))


def _to_step(rule: StepRule, requester_id: int) -> Step:
    seats: dict[int, Seat] = {}
    for user_id, why in rule.candidates:
        if user_id != requester_id and user_id not in seats:
            seats[user_id] = Seat(user_id, why)
    quorum = max(rule.quorum, 1) if rule.mode == QUORUM else 0
    return Step(
        rule.key,
        rule.sequence,
        rule.name,
        rule.mode,
        quorum,
        seats=tuple(seats.values()),
    )
