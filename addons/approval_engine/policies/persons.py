"""Several logins of one person: what bars a person, or uses up their decision, does so under each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from .seats import Seat, Step

# user id -> the ids of all logins of that person; who has one login only is missing
Logins = Mapping[int, frozenset[int]]
ONE_EACH: Logins = MappingProxyType({})


def everyone(user_ids: Collection[int], logins: Logins) -> frozenset[int]:
    """:return: all logins of these people, the given ones too"""
    return frozenset(user_ids).union(*(logins.get(id_, ()) for id_ in user_ids))


def others(user_ids: Collection[int], logins: Logins) -> frozenset[int]:
    """:return: the further logins of these people"""
    return everyone(user_ids, logins) - frozenset(user_ids)


def spread(reasons: Mapping[int, str], logins: Logins) -> dict[int, str]:
    """:return: ``reasons`` for every login of the people; a reason of one's own comes first"""
    found = dict(reasons)
    for user_id, why in reasons.items():
        for other in sorted(logins.get(user_id, ())):
            found.setdefault(other, why)
    return found


def marked(seats: Iterable[Seat], logins: Logins) -> tuple[Seat, ...]:
    """:return: the seats, each saying whose it is where that person has several logins"""
    return tuple(
        replace(seat, person=min(logins[seat.user_id]))
        if seat.user_id in logins
        else seat
        for seat in seats
    )


def marked_steps(steps: Iterable[Step], logins: Logins) -> tuple[Step, ...]:
    return tuple(replace(step, seats=marked(step.seats, logins)) for step in steps)
