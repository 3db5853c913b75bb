import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import progress, seats, standing
from odoo.addons.approval_engine.policies.seats import Seat, Step
from odoo.addons.approval_engine.policies.standing import Person

FREE, BARRED, LOST = None, progress.BARRED, standing.LOST
NOT_ASKED = progress.NOT_APPROVER
DOORS = (
    standing.DECIDE,
    standing.CHOOSE,
    standing.ADD,
    standing.ANSWER,
    standing.SETTLE,
)
REQUESTER, OWNER = 90, 80
HELD, STOOD_IN, STRANGER = 1, 5, 7  # has a seat; decided for another; has none


def route(barred=()):
    """The first step is decided by 5 in the place of 4, in the second 1 and 2 are asked, in the third 3."""
    pending = tuple(Seat(user, state=seats.PENDING) for user in (1, 2))
    return (
        _step(1, (Seat(4, state=seats.APPROVED, decided_by=5),), "approved", barred),
        _step(2, pending, "pending", barred),
        _step(3, (Seat(3),), "waiting", barred),
    )


def _step(key, seated, state, barred):
    return Step(
        key, key * 10, f"S{key}", seats.ALL, 0, state, seated, frozenset(barred)
    )


def ask(door, person, barred=()):
    return standing.refuse(
        door, route(barred), person, requester_id=REQUESTER, owner_id=OWNER
    )


class TestStanding(unittest.TestCase):
    def test_who_may_do_what_as_things_stand(self):
        wrong_turn, done = progress.NOT_NOW, progress.ALREADY_DECIDED
        cases = {  # decide, choose, add, answer, settle
            HELD: (FREE, FREE, FREE, FREE, FREE),
            3: (wrong_turn, wrong_turn, wrong_turn, FREE, FREE),
            4: (done, FREE, done, FREE, FREE),
            STOOD_IN: (done, FREE, done, FREE, FREE),
            STRANGER: (NOT_ASKED, NOT_ASKED, NOT_ASKED, NOT_ASKED, FREE),
            OWNER: (NOT_ASKED, NOT_ASKED, FREE, NOT_ASKED, FREE),
            REQUESTER: (progress.REQUESTER,) * 5,
        }
        for user, expected in cases.items():
            for door, refusal in zip(DOORS, expected, strict=True):
                with self.subTest(user=user, door=door):
                    self.assertEqual(ask(door, Person(user)), refusal)

    def test_no_door_is_open_to_whom_is_barred_today(self):
        for user in (HELD, 4, STOOD_IN, OWNER):
            for door in DOORS:
                if ask(door, Person(user)) is None:
                    with self.subTest(user=user, door=door):
                        self.assertEqual(ask(door, Person(user), {user}), BARRED)

    def test_nor_to_whom_stands_in_for_somebody_barred(self):
        stands_in = Person(STRANGER, frozenset({HELD}))
        for door in (standing.DECIDE, standing.CHOOSE, standing.ADD):
            self.assertIsNone(ask(door, stands_in))
            self.assertEqual(ask(door, stands_in, {HELD}), BARRED)
        self.assertEqual(ask(standing.CHOOSE, Person(STOOD_IN), {4}), BARRED)
        self.assertEqual(ask(standing.ANSWER, Person(STOOD_IN), {4}), BARRED)

    def test_no_door_is_open_without_access(self):
        for user in (HELD, 4, STOOD_IN, OWNER):
            for door in DOORS:
                if ask(door, Person(user)) is None:
                    with self.subTest(user=user, door=door):
                        self.assertEqual(ask(door, Person(user, able=False)), LOST)

    def test_a_seat_lost_closes_the_doors_that_rest_on_it(self):
        seat = Person(HELD, lost=frozenset({(2, HELD)}))
        for door in DOORS[:-1]:
            with self.subTest(door=door):
                self.assertEqual(ask(door, seat), LOST)
        for user in (4, STOOD_IN):
            gone = Person(user, lost=frozenset({(1, 4)}))
            self.assertEqual(ask(standing.CHOOSE, gone), LOST)
            self.assertEqual(ask(standing.ANSWER, gone), LOST)

    @given(
        st.sampled_from(DOORS),
        st.sampled_from((1, 2, 3, 4, 5, 7, OWNER, REQUESTER)),
        st.frozensets(st.integers(1, 4)),
        st.frozensets(st.integers(1, 9)),
        st.booleans(),
    )
    def test_a_bar_or_a_loss_never_opens_a_door(
        self, door, user, lenders, barred, able
    ):
        before = ask(door, Person(user, lenders - {user}))
        after = ask(door, Person(user, lenders - {user}, able), barred)
        if before:
            self.assertIsNotNone(after)
        if user in barred or not able:
            self.assertIsNotNone(after)


if __name__ == "__main__":
    unittest.main()
