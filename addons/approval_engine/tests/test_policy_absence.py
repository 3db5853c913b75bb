from datetime import datetime, timedelta

import pytest

from odoo.addons.approval_engine.policies import absence, seats
from odoo.addons.approval_engine.policies.seats import Seat, Step

NOW = datetime(2026, 3, 2, 9)


def at(hours):
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([], False),
        ([(at(1), at(2))], False),
        ([(at(-2), at(0))], False),
        ([(at(-1), at(3))], at(3)),
        ([(at(0), at(3))], at(3)),
        ([(at(-1), None)], None),
        ([(at(-1), at(3)), (at(3), at(5))], at(5)),
        ([(at(2), at(5)), (at(-1), at(3))], at(5)),
        ([(at(-1), at(3)), (at(4), at(5))], at(3)),
        ([(at(-1), at(3)), (at(2), None)], None),
    ],
)
def test_when_somebody_is_back(periods, expected):
    assert absence.until(periods, NOW) == expected


def step(mode, *people, quorum=0, state=seats.PENDING, **more):
    held = tuple(
        person if isinstance(person, Seat) else Seat(person, state=seats.PENDING)
        for person in people
    )
    return Step(7, 10, "Finance", mode, quorum, state, held, **more)


APPROVED = Seat(3, state=seats.APPROVED)
CALLED = Seat(9, seats.ESCALATED, seats.PENDING)


@pytest.mark.parametrize(
    ("asked", "away", "expected"),
    [
        (step(seats.ANY, 1, 2), {1}, ()),
        (step(seats.ANY, 1, 2), {1, 2}, (1, 2)),
        (step(seats.ANY, 1, 2), {5}, ()),
        (step(seats.ALL, 1, 2), {1}, (1,)),
        (step(seats.ALL, 1, 2), set(), ()),
        (step(seats.ALL, 1, APPROVED), {1}, (1,)),
        (step(seats.ALL, 1, APPROVED), {3}, ()),
        (step(seats.ALL, 1, 2, CALLED), {1}, ()),
        (step(seats.ALL, 1, 2, CALLED), {1, 9}, (1, 9)),
        (step(seats.QUORUM, 1, 2, 4, quorum=2), {1}, ()),
        (step(seats.QUORUM, 1, 2, 4, quorum=2), {1, 2}, (1, 2)),
        (step(seats.QUORUM, 1, 2, APPROVED, quorum=2), {1}, ()),
        (
            step(seats.WEIGHTED, Seat(1, state=seats.PENDING, weight=5), 2, quorum=5),
            {1},
            (1,),
        ),
        (
            step(seats.WEIGHTED, Seat(1, state=seats.PENDING, weight=5), 2, quorum=5),
            {2},
            (),
        ),
        (step(seats.ALL, 1, 2, state=seats.WAITING), {1, 2}, ()),
        (step(seats.ALL, 1, 2, state=seats.APPROVED), {1, 2}, ()),
    ],
)
def test_whom_a_step_waits_for_in_vain(asked, away, expected):
    assert absence.uncovered(asked, away) == expected


def covered(asked, away, lines, owner_id=None, barred=()):
    return absence.cover([asked], away, lines, owner_id=owner_id, barred=barred)


def test_the_nearest_manager_who_is_there_is_asked_else_the_owner():
    asked = step(seats.ANY, 1)
    assert covered(asked, {1}, {1: [11, 12]}, 20) == {7: {11: 1}}
    assert covered(asked, {1, 11}, {1: [11, 12]}, 20) == {7: {12: 1}}
    assert covered(asked, {1}, {1: [11]}, 20, barred=[11]) == {7: {20: 1}}
    assert covered(asked, {1}, {}, 20) == {7: {20: 1}}
    assert covered(asked, {1, 20}, {}, 20) == {}
    assert covered(asked, {1}, {}, None) == {}


def test_one_person_is_asked_once_and_never_who_is_barred_from_the_step():
    asked = step(seats.ALL, 1, 2)
    assert covered(asked, {1, 2}, {1: [11], 2: [11, 12]}) == {7: {11: 1, 12: 2}}
    kept_out = step(seats.ANY, 1, barred=frozenset({11}))
    assert covered(kept_out, {1}, {1: [11]}) == {}
    assert covered(step(seats.ANY, 1, 11), {1, 11}, {1: [11]}, 20) == {7: {20: 1}}


def test_covered_nobody_else_is_asked_again():
    asked = step(seats.ALL, 1, 2, CALLED)
    assert covered(asked, {1}, {1: [11]}, 20) == {}


def test_the_reason_stands_on_the_seats_of_those_asked_as_well():
    asked = step(seats.ANY, 1, CALLED)
    (told,) = absence.with_details([asked], {7: {9: 1}}, lambda user: f"for {user}")
    assert [seat.detail for seat in told.seats] == ["", "for 1"]
