import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import adhoc, progress, seats
from odoo.addons.approval_engine.policies.seats import Seat, Step


def route(*sizes, mode=seats.ANY):
    """Steps one after the other, with people 1, 2, …"""
    people = iter(range(1, 99))
    return [
        Step(
            number,
            number * 10,
            f"Step {number}",
            mode,
            quorum=1,
            seats=tuple(Seat(next(people)) for _ in range(size)),
        )
        for number, size in enumerate(sizes, start=1)
    ]


class TestAdded(unittest.TestCase):
    def test_who_cannot_be_added_is_told_why(self):
        steps = list(progress.open_steps(route(2, 1)))
        steps[0] = steps[0].with_seat_state(1, seats.APPROVED, 5)
        steps.append(adhoc.step_for(9, 8, "Asked too", steps))
        cases = [  # person, able, reason
            (7, True, None),
            (3, True, None),  # has a seat later on; has to approve all the same
            (7, False, adhoc.UNABLE),
            (4, True, adhoc.BARRED),
            (1, True, adhoc.DECIDED),
            (5, True, adhoc.DECIDED),
            (8, True, adhoc.KNOWN),
        ]
        for user, able, expected in cases:
            with self.subTest(user=user, able=able):
                self.assertEqual(
                    adhoc.refuse(steps, user, able=able, barred={4}), expected
                )

    def test_the_step_of_the_added_person_stands_beside_the_open_ones(self):
        steps = list(progress.open_steps(route(1, 1)))
        step = adhoc.step_for(9, 7, "Asked too", steps)
        self.assertEqual((step.sequence, step.state), (10, seats.PENDING))
        self.assertEqual(step.seats, (Seat(7, seats.ADDED, seats.PENDING),))
        again = adhoc.step_for(9, 7, "Asked too", route(1, 1))
        self.assertEqual((again.sequence, again.state), (10, seats.WAITING))

    @given(
        st.lists(st.integers(1, 3), min_size=1, max_size=3),
        st.sampled_from([seats.ALL, seats.ANY, seats.QUORUM]),
        st.randoms(use_true_random=False),
    )
    def test_nothing_is_approved_without_the_added_person(self, sizes, mode, random):
        steps = list(progress.open_steps(route(*sizes, mode=mode)))
        steps.append(adhoc.step_for(99, 70, "Asked too", steps))
        state, asked = tuple(steps), False
        for _turn in range(20):
            open_ = [u for s in state for u in s.users(seats.PENDING)]
            if not open_:
                break
            user = random.choice(open_)
            outcome = progress.decide(
                state,
                user_id=user,
                verdict=seats.APPROVED,
                requester_id=100,
                owner_id=None,
            )
            if outcome.refusal:
                continue
            asked = asked or user == 70
            state = outcome.steps
            if outcome.request == seats.APPROVED:
                self.assertTrue(asked)
                break
        else:
            self.fail("never decided")
