import unittest
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import escalation as esc
from odoo.addons.approval_engine.policies import progress, seats
from odoo.addons.approval_engine.policies.escalation import (
    HOURS,
    PERCENT,
    Level,
    escalate,
    happening,
    levels_at,
)
from odoo.addons.approval_engine.policies.seats import Seat, Step

MONDAY_9 = datetime(2026, 11, 23, 9)
DAY = [
    (datetime(2026, 11, day, 9), datetime(2026, 11, day, 17)) for day in (23, 24, 25)
]


def at(hours):
    return MONDAY_9 + timedelta(hours=hours)


class TestLevels(unittest.TestCase):
    def test_a_level_is_reached_after_its_share_of_the_time(self):
        cases = [  # hours given, level, working, reached after so many hours of the wall clock
            (24, Level(50), None, 12),
            (24, Level(6, HOURS), None, 6),
            (16, Level(75), DAY, 24 + 4),  # 12 working hours: the second day at one
            (16, Level(8, HOURS), DAY, 8),
            (0, Level(6, HOURS), None, 6),
        ]
        for hours, level, working, expected in cases:
            with self.subTest(hours=hours, level=level):
                self.assertEqual(
                    levels_at(MONDAY_9, hours, [level], working), [at(expected)]
                )

    def test_a_level_at_the_end_or_behind_it_is_never_reached(self):
        for hours, level in (
            (24, Level(100)),
            (24, Level(24, HOURS)),
            (24, Level(30, HOURS)),
            (0, Level(50, PERCENT)),
            (24, Level(0)),
        ):
            with self.subTest(level=level):
                self.assertEqual(levels_at(MONDAY_9, hours, [level]), [None])


class TestHappening(unittest.TestCase):
    def test_each_level_happens_at_its_time_and_none_after_the_end(self):
        levels = (at(6), at(12))
        cases = [  # now, done, what happens
            (5.9, (), ((), False)),
            (6, (), ((0,), False)),
            (6, (0,), ((), False)),
            (12, (0,), ((1,), False)),
            (13, (), ((0, 1), False)),  # nobody was there meanwhile: all, in order
            (24, (), ((), True)),
            (99, (0, 1), ((), True)),
        ]
        for now, done, expected in cases:
            with self.subTest(now=now, done=done):
                found = happening(at(now), due=at(24), levels=levels, levels_done=done)
                self.assertEqual((found.levels, found.ends), expected)

    def test_reminders_missed_are_one_reminder(self):
        reminders = [at(12), at(18), at(22)]
        for now, reminded, remind, after in (
            (11, 0, False, 0),
            (12, 0, True, 1),
            (13, 1, False, 1),
            (19, 0, True, 2),
            (23, 1, True, 3),
            (23, 3, False, 3),
        ):
            with self.subTest(now=now, reminded=reminded):
                found = happening(
                    at(now), due=at(24), reminders=reminders, reminded=reminded
                )
                self.assertEqual(found.remind, remind)
                if remind:
                    self.assertEqual(esc.passed(at(now), reminders, reminded), after)

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(st.none() | st.integers(1, 60), max_size=6),
        st.lists(st.integers(0, 80), min_size=1, max_size=12),
        st.integers(10, 60),
    )
    def test_whenever_the_clock_is_looked_at_each_level_happens_once_and_before_the_end(
        self, levels, looks, due
    ):
        moments = [None if one is None else at(one) for one in levels]
        done, order = [], []
        for now in sorted(looks):
            found = happening(at(now), due=at(due), levels=moments, levels_done=done)
            self.assertFalse(found.levels and now >= due)
            self.assertEqual(found.ends, now >= due)
            order += [(levels[one], one) for one in found.levels]
            done += found.levels
        self.assertEqual(len(done), len(set(done)), "each once")
        self.assertEqual(order, sorted(order), "earlier levels first")
        before = [now for now in looks if now < due]
        reached = {
            at_
            for at_, one in enumerate(levels)
            if one is not None and before and one <= max(before)
        }
        self.assertEqual(set(done), reached, "none is left out")
        rest = esc.next_level(moments, done)
        self.assertTrue(rest is None or not before or rest > at(max(before)))


def step(key=1, users=(1, 2), mode=seats.ANY, state=seats.PENDING, **more):
    people = tuple(Seat(user, state=state) for user in users)
    return Step(key, 10, "Finance", mode, state=state, seats=people, **more)


class TestEscalate(unittest.TestCase):
    def test_those_before_keep_their_seats(self):
        found = escalate([step()], {1: [7]}, owner_id=9)
        self.assertEqual(
            found.steps[0].seats,
            (
                Seat(1, state="pending"),
                Seat(2, state="pending"),
                Seat(7, seats.ESCALATED, "pending"),
            ),
        )
        self.assertEqual((found.added, found.owner), (((1, 7),), False))

    def test_only_open_steps_and_only_people_who_are_new_and_may(self):
        steps = [step(1), step(2, (3,), state=seats.WAITING)]
        found = escalate(steps, {1: [1, 8, 7, 7], 2: [7]}, owner_id=9, barred={8})
        self.assertEqual(found.added, ((1, 7),))

    def test_who_decided_already_or_in_whose_place_is_not_asked_again(self):
        decided = Step(
            1,
            5,
            "A",
            seats.ANY,
            state=seats.APPROVED,
            seats=(Seat(7, state=seats.APPROVED, decided_by=8),),
        )
        found = escalate([decided, step(2)], {2: [7, 8]}, owner_id=None)
        self.assertEqual(found.added, ())

    def test_where_nobody_is_new_the_owner_is_asked_if_that_helps(self):
        cases = [  # wanted, owner, barred, added, owner called
            ([1], 9, (), ((1, 9),), True),
            ([], 9, (), ((1, 9),), True),
            ([1], 9, (9,), (), True),
            ([1], 2, (), (), True),
            ([1], None, (), (), False),
        ]
        for wanted, owner, barred, added, called in cases:
            with self.subTest(wanted=wanted, owner=owner, barred=barred):
                found = escalate([step()], {1: wanted}, owner_id=owner, barred=barred)
                self.assertEqual((found.added, found.owner), (added, called))

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(st.integers(1, 9), max_size=5),
        st.sets(st.integers(1, 9), max_size=5),
        st.sampled_from([seats.ALL, seats.ANY, seats.QUORUM]),
        st.none() | st.integers(1, 9),
    )
    def test_asking_more_people_approves_nothing_and_bars_hold(
        self, wanted, barred, mode, owner
    ):
        before = step(users=(1, 2, 3), mode=mode, quorum=2)
        found = escalate([before], {1: wanted}, owner_id=owner, barred=barred)
        [after] = found.steps
        self.assertEqual(after.state, seats.PENDING)
        self.assertEqual(after.seats[:3], before.seats)
        new = [seat.user_id for seat in after.seats[3:]]
        self.assertFalse(set(new) & (barred | {1, 2, 3}))
        self.assertEqual(len(new), len(set(new)))
        self.assertEqual([user for _key, user in found.added], new)


class TestEverybody(unittest.TestCase):
    """Where everybody has to approve, who was called in stands for one who has not answered."""

    def test_calling_in_makes_a_step_no_harder_and_a_no_stays_a_no(self):
        Y, N = seats.APPROVED, seats.REJECTED
        cases = [  # called in, answers in order, state of the step
            ([7], [(1, Y), (2, Y)], seats.APPROVED),
            ([7], [(7, Y)], seats.PENDING),
            ([7], [(7, Y), (1, Y)], seats.APPROVED),
            ([7, 8], [(7, Y), (8, Y)], seats.APPROVED),
            ([7], [(7, N)], seats.REJECTED),
            ([7], [(7, Y), (1, N)], seats.REJECTED),
            ([], [(1, Y)], seats.PENDING),
            ([], [(1, Y), (2, Y)], seats.APPROVED),
        ]
        for called_in, answers, expected in cases:
            with self.subTest(called_in=called_in, answers=answers):
                before = step(mode=seats.ALL)
                state = escalate([before], {1: called_in}, owner_id=None).steps
                for user, verdict in answers:
                    outcome = progress.decide(
                        state,
                        user_id=user,
                        verdict=verdict,
                        requester_id=100,
                        owner_id=None,
                    )
                    self.assertIsNone(outcome.refusal)
                    state = outcome.steps
                self.assertEqual(state[0].state, expected)


if __name__ == "__main__":
    unittest.main()
