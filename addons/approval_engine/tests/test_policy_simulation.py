from datetime import datetime, timedelta
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies import simulation as sim
from odoo.addons.approval_engine.policies.routing import NO_STEP, UNREACHABLE
from odoo.addons.approval_engine.policies.seats import ALL, ANY, QUORUM, WEIGHTED

START = datetime(2026, 3, 2, 9)


def part(key, day, size, together="a", counts=True):
    return sim.Part(key, START + timedelta(days=day), size, together, counts)


def asked(name, people, mode=ANY, sequence=10, quorum=0):
    return sim.Asked(name, sequence, mode, quorum, tuple((p, 1) for p in people))


class TestWindow(TestCase):
    def test_each_case_counts_those_of_the_days_before_it_in_the_series(self):
        parts = [part(3, 2, 5), part(1, 0, 100), part(2, 1, 20), part(4, 40, 7)]
        self.assertEqual(
            sim.counted_before(parts, 30), {1: 0.0, 2: 100.0, 3: 120.0, 4: 0.0}
        )

    def test_the_bound_is_as_for_real_requests_exactly_that_long_ago_is_out(self):
        parts = [part(1, 0, 100), part(2, 30, 1)]
        self.assertEqual(sim.counted_before(parts, 30)[2], 0.0)
        self.assertEqual(sim.counted_before(parts, 31)[2], 100.0)

    def test_others_and_what_was_turned_down_do_not_count(self):
        parts = [part(1, 0, 9, "b"), part(2, 1, 8, counts=False), part(3, 2, 1)]
        self.assertEqual(sim.counted_before(parts, 30)[3], 0.0)

    def test_without_a_window_each_stands_alone(self):
        parts = [part(1, 0, 9), part(2, 0, 8)]
        self.assertEqual(sim.counted_before(parts, 0), {1: 0.0, 2: 0.0})

    @given(
        st.lists(
            st.tuples(
                st.integers(0, 60),
                st.integers(0, 99),
                st.sampled_from("ab"),
                st.booleans(),
            ),
            max_size=12,
        ),
        st.integers(1, 40),
    )
    def test_it_is_the_sum_a_slow_reader_would_make(self, rows, days):
        parts = [part(n, *row) for n, row in enumerate(rows)]
        slow = {
            one.key: float(
                sum(
                    other.size
                    for other in parts
                    if other.counts
                    and other.together == one.together
                    and (other.at, other.key) < (one.at, one.key)
                    and other.at > one.at - timedelta(days=days)
                )
            )
            for one in parts
        }
        self.assertEqual(sim.counted_before(parts, days), slow)


class TestWaiting(TestCase):
    USUAL = {1: 10.0, 2: 30.0, 3: 20.0, 4: None}

    def test_table(self):
        for steps, seconds in (
            ([], 0.0),
            ([asked("A", [1])], 10.0),
            ([asked("A", [1, 2])], 10.0),
            ([asked("A", [1, 4])], 10.0),
            ([asked("A", [4, 9])], None),
            ([asked("A", [1, 2], ALL)], 30.0),
            ([asked("A", [1, 4], ALL)], None),
            ([asked("A", [], ALL)], None),
            ([asked("A", [1, 2, 3], QUORUM, quorum=2)], 20.0),
            ([asked("A", [1, 4], QUORUM, quorum=2)], None),
            ([asked("A", [1]), asked("B", [2])], 30.0),
            ([asked("A", [1]), asked("B", [2], sequence=20)], 40.0),
            ([asked("A", [1]), asked("B", [4], sequence=20)], None),
        ):
            with self.subTest(steps=steps):
                self.assertEqual(sim.waiting(steps, self.USUAL), seconds)

    def test_weights_add_up(self):
        step = sim.Asked("A", 10, WEIGHTED, 4, ((1, 1), (2, 3), (3, 1)))
        self.assertEqual(sim.waiting([step], self.USUAL), 30.0)


class TestComparing(TestCase):
    def test_table(self):
        finance, board = asked("Finance", [1, 2]), asked("Board", [3])
        for planned, real, kind, added, dropped in (
            ([], None, sim.UNCOMPARED, (), ()),
            ([], [], sim.SAME, (), ()),
            ([finance], [finance], sim.SAME, (), ()),
            ([asked("finance ", [9])], [finance], sim.SAME, (), ()),
            ([asked("Money", [2, 1])], [finance], sim.SAME, (), ()),
            ([finance, board], [finance], sim.MORE, ("Board",), ()),
            ([finance], [finance, board], sim.FEWER, (), ("Board",)),
            ([board], [finance], sim.OTHER, ("Board",), ("Finance",)),
            ([], [finance], sim.FEWER, (), ("Finance",)),
            ([asked("X", [])], [asked("Y", [])], sim.OTHER, ("X",), ("Y",)),
            ([finance, finance], [finance], sim.MORE, ("Finance",), ()),
        ):
            with self.subTest(planned=planned, real=real):
                self.assertEqual(
                    sim.compare(planned, real), sim.Difference(kind, added, dropped)
                )

    def test_a_name_goes_before_the_people(self):
        planned = [asked("B", [1]), asked("A", [1])]
        self.assertEqual(sim.compare(planned, [asked("A", [1])]).added, ("B",))

    def test_outcomes(self):
        owner = sim.Asked("A", people=((1, 1),), by_owner=True)
        for steps, problem, auto, outcome in (
            ([asked("A", [1])], None, False, sim.PEOPLE),
            ([asked("A", [1]), owner], None, False, sim.OWNER),
            ([], None, True, sim.AUTOMATIC),
            ([owner], UNREACHABLE, False, sim.STUCK),
            ([], NO_STEP, False, sim.NO_STEP),
        ):
            self.assertEqual(sim.outcome_of(steps, problem=problem, auto=auto), outcome)


class TestFigures(TestCase):
    def outcome(
        self, kind=sim.PEOPLE, difference=sim.SAME, waits=None, waited=None, people=()
    ):
        steps = (asked("A", people),) if people else ()
        return sim.Outcome(
            START, kind, steps, sim.Difference(difference), waits, waited
        )

    def test_unknown_is_none_and_not_nothing(self):
        found = sim.figures(
            sim.Tally().plus([self.outcome(), self.outcome(waits=10.0)])
        )
        self.assertEqual((found.waits, found.waits_known), (10.0, 1))
        self.assertEqual((found.added, found.added_known), (None, 0))
        self.assertIsNone(sim.figures(sim.Tally()).automatic_share)

    def four(self):
        return [
            self.outcome(sim.AUTOMATIC, sim.FEWER, 0.0, 50.0),
            self.outcome(sim.STUCK, sim.UNCOMPARED, people=[2]),
            self.outcome(sim.NO_STEP, sim.OTHER),
            self.outcome(sim.OWNER, sim.SAME, 30.0, 30.0, people=[1]),
        ]

    def test_slices_add_up_to_the_whole(self):
        cases, real = self.four(), [(asked("A", [n]),) for n in (1, 1, 2, 3)]
        whole = sim.Tally().plus(cases, real)
        for cut in range(5):
            parts = sim.Tally().plus(cases[:cut], real[:cut])
            parts = parts.plus(cases[cut:], real[cut:])
            with self.subTest(cut=cut):
                self.assertEqual(parts, whole)
                self.assertEqual(sim.figures(parts), sim.figures(whole))

    def test_counts(self):
        found = sim.figures(sim.Tally().plus(self.four()))
        self.assertEqual((found.automatic, found.stuck, found.by_owner), (1, 2, 1))
        self.assertEqual((found.changed, found.compared), (2, 3))
        self.assertEqual((found.added, found.added_known), (-50.0, 2))
        self.assertEqual(found.automatic_share, 0.25)

    def test_load_is_per_week_and_a_person_counts_once_a_case(self):
        two = (asked("A", [1, 2]), asked("B", [1]))
        one = sim.Outcome(START, sim.PEOPLE, two, sim.Difference(sim.SAME))
        three = [(asked("A", [3]),)] * 4
        tally = sim.Tally().plus([one, self.outcome(people=[2])], three)
        found = sim.load(tally, timedelta(days=14))
        self.assertEqual(
            [(o.user_id, o.cases, o.per_week, o.real_per_week) for o in found],
            [(2, 2, 1.0, 0.0), (1, 1, 0.5, 0.0), (3, 0, 0.0, 2.0)],
        )
        self.assertEqual(
            sim.load(sim.Tally().plus([one]), timedelta())[0].per_week, 1.0
        )
