"""What the manager's view decides, without a database."""

import random
from datetime import datetime, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from ..policies.seeing import ageing, causes, forecast, load, periods

NOW = datetime(2026, 3, 4, 12)
HOUR = timedelta(hours=1)


def at(hours):
    return NOW + hours * HOUR


class TestForecast(TestCase):
    def test_nobody_finishes_anything_so_all_break(self):
        found = forecast.forecast([(1, at(1)), (2, at(7))], NOW, 0.0)
        self.assertEqual((found.due, found.expected, found.likely), (2, 2.0, (1, 2)))

    def test_with_plenty_of_hands_nothing_breaks(self):
        found = forecast.forecast([(1, at(4)), (2, at(7))], NOW, 50.0)
        self.assertLess(found.expected, 0.001)
        self.assertEqual(found.likely, ())

    def test_nothing_due_breaks_nothing(self):
        found = forecast.forecast([], NOW, 3.0)
        self.assertEqual((found.due, found.expected, found.likely), (0, 0, ()))

    def test_the_first_in_line_is_late_with_the_chance_that_nothing_is_finished(self):
        self.assertAlmostEqual(forecast.late(1, 2.0, 1.0), 2.718281828**-2, places=6)

    def test_two_in_line_by_hand(self):
        # P(N < 2), N ~ Poisson(1) = 2/e
        self.assertAlmostEqual(forecast.late(2, 1.0, 1.0), 2 / 2.718281828, places=6)

    def test_the_later_due_stands_behind_the_earlier(self):
        found = forecast.forecast([(9, at(6)), (3, at(1))], NOW, 1.0)
        self.assertAlmostEqual(
            found.expected, forecast.late(1, 1, 1.0) + forecast.late(2, 6, 1.0)
        )

    def test_what_is_due_this_instant_is_late(self):
        self.assertEqual(forecast.forecast([(1, NOW)], NOW, 9.0).expected, 1.0)

    def test_teams_work_in_lines_of_their_own(self):
        one = forecast.forecast([(1, at(1))], NOW, 1.0)
        two = forecast.forecast([(2, at(1))], NOW, 0.0)
        both = forecast.together([one, two])
        self.assertEqual(both.due, 2)
        self.assertAlmostEqual(both.expected, one.expected + 1.0)
        self.assertEqual(both.likely, (2,))
        self.assertEqual(forecast.together([]).expected, 0)

    def test_long_lines_are_read_as_short_ones(self):
        for mean in (40.0, 55.0, 70.0, 90.0):
            exact = forecast._sum(61, mean)
            self.assertAlmostEqual(forecast.late(61, 1.0, mean), exact, delta=0.002)

    def test_a_simulation_of_the_same_desk_agrees(self):
        chance = random.Random(4711)
        dues, rate, rounds = [0.5, 1.0, 1.5, 4.0, 6.0, 7.9], 0.9, 20000
        broken = 0
        for _round in range(rounds):
            clock = 0.0
            for due in dues:
                clock += chance.expovariate(rate)
                broken += clock > due
        found = forecast.forecast(
            [(n, at(due)) for n, due in enumerate(dues)], NOW, rate
        )
        self.assertAlmostEqual(found.expected, broken / rounds, delta=0.03)

    @given(
        place=st.integers(1, 300),
        hours=st.floats(0, 8),
        rate=st.floats(0, 100),
        more=st.floats(0, 10),
    )
    def test_more_pace_never_hurts_and_a_later_place_never_helps(
        self, place, hours, rate, more
    ):
        chance = forecast.late(place, hours, rate)
        self.assertTrue(0 <= chance <= 1)
        self.assertLessEqual(forecast.late(place, hours, rate + more), chance + 0.002)
        self.assertGreaterEqual(forecast.late(place + 1, hours, rate), chance - 0.002)

    def test_the_pace_is_that_of_the_same_hours_of_the_last_weeks(self):
        found = forecast.basis(NOW, NOW - timedelta(weeks=3, hours=1))
        self.assertEqual(found.kind, forecast.SAME_HOURS)
        week = timedelta(weeks=1)
        self.assertEqual(
            found.spans,
            tuple((NOW - n * week, NOW - n * week + 8 * HOUR) for n in (1, 2, 3)),
        )
        self.assertEqual(found.hours, 24)

    def test_a_young_desk_looks_at_yesterday_and_a_new_one_nowhere(self):
        self.assertEqual(forecast.basis(NOW, at(-30)).spans, ((at(-24), at(-16)),))
        self.assertEqual(forecast.basis(NOW, at(-3)).kind, forecast.UNKNOWN)
        self.assertEqual(forecast.basis(NOW, None).hours, 0)


ANN, BOB = 1, 2


class TestCauses(TestCase):
    def _spent(self, hands, reopened=(), running=((0, 10),), until=10, holder=None):
        spans = [(at(a), at(b)) for a, b in running]
        hands = [causes.Hand(at(h), *who) for h, *who in hands]
        found = causes.spent(spans, at(until), hands, [at(r) for r in reopened], holder)
        return {key: value / 3600 for key, value in found.items() if value}

    def test_nobody_ever_had_it(self):
        self.assertEqual(self._spent([]), {causes.QUEUE: 10})

    def test_whoever_was_given_it_at_birth(self):
        self.assertEqual(self._spent([], holder=ANN), {causes.FIRST: 10})

    def test_queue_then_agent(self):
        self.assertEqual(
            self._spent([(3, ANN, None)]), {causes.QUEUE: 3, causes.FIRST: 7}
        )

    def test_passed_on_to_another(self):
        self.assertEqual(
            self._spent([(1, ANN, None), (4, BOB, ANN)]),
            {causes.QUEUE: 1, causes.FIRST: 3, causes.HANDED: 6},
        )

    def test_put_back_and_taken_by_the_same_is_no_handoff(self):
        self.assertEqual(
            self._spent([(1, ANN, None), (4, None, ANN), (5, ANN, None)]),
            {causes.QUEUE: 2, causes.FIRST: 8},
        )

    def test_put_back_and_taken_by_another_is_one(self):
        self.assertEqual(
            self._spent([(0, ANN, None), (4, None, ANN), (5, BOB, None)]),
            {causes.FIRST: 4, causes.QUEUE: 1, causes.HANDED: 5},
        )

    def test_the_time_after_reopening_is_its_own_whoever_has_it(self):
        self.assertEqual(
            self._spent([(0, ANN, None)], [6]), {causes.FIRST: 6, causes.REOPENED: 4}
        )

    def test_pauses_and_closed_hours_are_nobodys_fault(self):
        self.assertEqual(
            self._spent([(3, ANN, None)], running=((0, 2), (8, 10))),
            {causes.QUEUE: 2, causes.FIRST: 2},
        )

    def test_nothing_after_the_breach_counts(self):
        self.assertEqual(self._spent([(3, ANN, None)], until=3), {causes.QUEUE: 3})

    def test_the_cause_is_where_most_time_went(self):
        hands = [causes.Hand(at(2), ANN, None), causes.Hand(at(9), BOB, ANN)]
        self.assertEqual(causes.cause([(NOW, at(10))], at(10), hands), causes.FIRST)
        self.assertEqual(causes.cause([(NOW, at(4))], at(4), hands), causes.QUEUE)

    def test_without_running_time_it_is_who_had_it_then(self):
        hands = [causes.Hand(at(2), ANN, None)]
        self.assertEqual(causes.cause([], at(3), hands), causes.FIRST)
        self.assertEqual(causes.cause([], at(1), hands), causes.QUEUE)

    @given(
        moves=st.lists(
            st.tuples(st.integers(0, 20), st.sampled_from([None, ANN, BOB])), max_size=6
        ),
        reopened=st.lists(st.integers(0, 20), max_size=2),
        until=st.integers(1, 20),
    )
    def test_the_parts_add_up_to_the_running_time(self, moves, reopened, until):
        hands, before = [], None
        for hours, user in sorted(moves, key=lambda move: move[0]):
            hands.append((hours, user, before))
            before = user
        found = self._spent(hands, reopened, ((0, 5), (7, 20)), until)
        self.assertAlmostEqual(
            sum(found.values()), min(until, 5) + max(0, until - 7), places=6
        )


class TestAgeing(TestCase):
    def test_every_age_has_exactly_one_step(self):
        for hours in (0, 1, 4, 23.9, 24, 71, 72, 167, 168, 5000):
            opened = at(-hours)
            fits = [
                step.key
                for step in ageing.STEPS
                for after, until in [step.bounds(NOW)]
                if (after is None or opened > after) and opened <= until
            ]
            self.assertEqual(len(fits), 1, hours)


class TestLoad(TestCase):
    def test_words_by_share(self):
        for count, capacity, word in (
            (0, 0, load.HEALTHY),
            (99, 0, load.HEALTHY),
            (7, 10, load.HEALTHY),
            (8, 10, load.WATCH),
            (10, 10, load.AT_RISK),
            (11, 10, load.CRITICAL),
        ):
            self.assertEqual(load.status(count, capacity), word, (count, capacity))
        self.assertIsNone(load.percent(5, 0))
        self.assertEqual(load.percent(5, 10), 50)


class TestPeriods(TestCase):
    def test_today_begins_at_midnight_of_the_reader(self):
        self.assertEqual(
            periods.begin("today", datetime(2026, 3, 4, 23, 30), "Europe/Berlin"),
            datetime(2026, 3, 4, 23),
        )
        self.assertEqual(
            periods.begin("today", NOW, "America/New_York"), datetime(2026, 3, 4, 5)
        )

    def test_a_week_across_summer_time_begins_at_midnight(self):
        self.assertEqual(
            periods.begin("week", datetime(2026, 3, 31, 12), "Europe/Berlin"),
            datetime(2026, 3, 24, 23),
        )
