import unittest
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.reach import fill_up, find_short_step
from odoo.addons.approval_engine.policies.seats import (
    ALL,
    ANY,
    APPROVED,
    MODES,
    PENDING,
    PERCENT,
    QUORUM,
    REJECTED,
    SKIPPED,
    WEIGHTED,
    Seat,
    Step,
    deciders,
)

ADA, BOB, CYD, DAN, EVE, OWNER = 1, 2, 3, 4, 5, 9


def step(key, weights, quorum=0, mode=WEIGHTED, barred=()):
    """:param weights: {user: weight}"""
    seats = tuple(Seat(user, weight=weight) for user, weight in weights.items())
    return Step(
        key, key, f"step {key}", mode, quorum, seats=seats, barred=frozenset(barred)
    )


def short(*steps):
    found = find_short_step(steps)
    return found and found.key


class TestWeights(unittest.TestCase):
    def test_the_weights_of_one_step_have_to_add_up(self):
        cases = [  # weights, threshold, short
            ({ADA: 2, BOB: 1}, 3, None),
            ({ADA: 2, BOB: 1}, 4, 1),
            ({ADA: 5}, 5, None),
            ({}, 1, 1),
        ]
        for weights, threshold, expected in cases:
            with self.subTest(weights=weights, threshold=threshold):
                self.assertEqual(short(step(1, weights, threshold)), expected)

    def test_a_person_weighs_in_one_step_only(self):
        heavy = {ADA: 3, BOB: 1, CYD: 1}
        self.assertIsNone(short(step(1, heavy, 3), step(2, {BOB: 1, CYD: 1}, 2)))
        self.assertEqual(short(step(1, heavy, 4), step(2, {BOB: 1, CYD: 1}, 2)), 2)

    def test_whom_to_spend_where_is_found_out(self):
        """Two steps want the heavy one; only one way round do the light ones suffice."""
        one = step(
            1, {ADA: 3, BOB: 2, CYD: 2}, 4
        )  # Bob and Cyd, or Ada and one of them
        other = step(2, {ADA: 3, DAN: 1}, 4)  # needs Ada
        self.assertIsNone(short(one, other))
        self.assertEqual(short(one, other, step(3, {CYD: 1}, 1)), 3)

    def test_heads_and_weights_side_by_side(self):
        weights = {ADA: 2, BOB: 1, CYD: 1}
        alone = step(2, {ADA: 1}, mode=ANY)
        self.assertIsNone(short(step(1, weights, 2), alone))
        self.assertEqual(short(step(1, weights, 3), alone), 2)

    def test_forty_people_of_the_same_weight_are_not_told_apart(self):
        people = dict.fromkeys(range(100, 140), 1)
        steps = [step(n, {**people, n: 2}, 21 if n == 1 else 20) for n in (1, 2)]
        self.assertIsNone(short(*steps))
        self.assertEqual(short(steps[0], step(2, {**people, 2: 2}, 24)), 2)

    def test_who_is_barred_does_not_count(self):
        self.assertEqual(short(step(1, {ADA: 1, BOB: 1}, 2, barred=[BOB])), 1)
        self.assertEqual(short(step(1, {ADA: 1}, mode=ANY, barred=[ADA])), 1)

    def test_weight_given_already_counts(self):
        seats = (Seat(ADA, state=APPROVED, weight=2), Seat(BOB, state=PENDING))
        half = Step(1, 1, "s", WEIGHTED, 3, PENDING, seats)
        self.assertIsNone(find_short_step([half]))
        more = Step(1, 1, "s", WEIGHTED, 4, PENDING, seats)
        self.assertEqual(find_short_step([more]), more)


class TestOwner(unittest.TestCase):
    def test_the_owner_weighs_as_much_as_the_heaviest(self):
        steps, still = fill_up(
            [step(1, {ADA: 3, BOB: 1}, 6)], owner_id=OWNER, requester_id=7
        )
        self.assertIsNone(still)
        self.assertEqual(steps[0].seat_of(OWNER), Seat(OWNER, "owner", weight=3))

    def test_an_owner_who_is_barred_is_not_called_in(self):
        lacking = step(1, {}, mode=ANY, barred=[OWNER])
        steps, still = fill_up([lacking], owner_id=OWNER, requester_id=7)
        self.assertEqual((steps, still), ([lacking], lacking))


PEOPLE = [ADA, BOB, CYD, DAN, EVE]
SEATS = st.lists(
    st.builds(
        Seat,
        st.sampled_from(PEOPLE),
        state=st.sampled_from([PENDING, PENDING, PENDING, APPROVED, REJECTED, SKIPPED]),
        weight=st.integers(1, 4),
    ),
    max_size=5,
    unique_by=lambda seat: seat.user_id,
)
STEPS = st.lists(
    st.builds(
        Step,
        st.just(0),
        st.integers(1, 3),
        st.just(""),
        st.sampled_from([mode for mode, _label in MODES]),
        st.integers(1, 6),
        st.just(PENDING),
        SEATS.map(tuple),
        st.frozensets(st.sampled_from(PEOPLE), max_size=1),
    ),
    min_size=1,
    max_size=4,
)


def can_all_be_decided(steps):
    """Every way to give each free person one step, or none: the slow, plain answer."""
    free = sorted(set(PEOPLE) - deciders(steps))
    return any(
        _are_satisfied(steps, dict(zip(free, places, strict=True)))
        for places in product([None, *range(len(steps))], repeat=len(free))
    )


def _are_satisfied(steps, placed):
    spoken_for = (
        set()
    )  # "everybody": each counts for the first step that needs them all
    for index, one in sorted(
        enumerate(steps), key=lambda pair: (pair[1].sequence, len(pair[1].seats))
    ):
        open_to = [
            s for s in one.seats if s.state == PENDING and s.user_id not in one.barred
        ]
        here = [s for s in open_to if placed.get(s.user_id) == index]
        if one.mode == ANY and not here:
            return False
        if one.mode in (QUORUM, PERCENT) and len(here) + one.approvals < one.quorum:
            return False
        if one.mode == WEIGHTED:
            approved = [s for s in one.seats if s.state == APPROVED]
            if sum(s.weight for s in here + approved) < one.quorum:
                return False
        if one.mode == ALL:
            people = {s.user_id for s in open_to} & set(placed)
            wanted = len(people - spoken_for)
            if len(here) < max(wanted, 0 if one.approvals else 1):
                return False
            spoken_for |= people
    return True


class TestAgainstEveryAssignment(unittest.TestCase):
    @settings(max_examples=400, deadline=None)
    @given(STEPS)
    def test_the_answer_is_that_of_trying_everything(self, drawn):
        steps = [
            Step(n, s.sequence, "", s.mode, s.quorum, s.state, s.seats, s.barred)
            for n, s in enumerate(drawn)
        ]
        self.assertEqual(find_short_step(steps) is None, can_all_be_decided(steps))
