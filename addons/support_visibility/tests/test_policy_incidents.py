from datetime import datetime, timedelta
from unittest import TestCase

from hypothesis import given, settings
from hypothesis import strategies as st

from ..policies.incidents import downtime, life, surge

NOON = datetime(2026, 3, 2, 12)


SPAN = st.tuples(st.integers(0, 80), st.integers(0, 80))


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def moments(span):
    return tuple(map(at, span))


class TestLife(TestCase):
    def test_every_state_has_its_moves_and_nothing_moves_to_itself(self):
        states = {state for state, _label in life.STATES}
        self.assertEqual(set(life.MOVES), states)
        for source in states:
            self.assertFalse(life.may_move(source, source))
        self.assertFalse(life.may_move("open", "reviewed"))
        self.assertTrue(life.may_move("reviewed", "acknowledged"))
        self.assertFalse(life.may_move("nowhere", "open"))

    def test_a_second_person_confirms_the_worst_two(self):
        for severity, claimed, by, wanted in [
            ("1", 7, None, True),
            ("1", 7, 7, True),
            ("1", 7, 8, False),
            ("2", None, None, True),
            ("2", None, 8, False),
            ("3", 7, None, False),
        ]:
            with self.subTest((severity, claimed, by)):
                self.assertEqual(life.needs_confirmation(severity, claimed, by), wanted)

    def test_customers_hear_by_severity_while_it_runs(self):
        self.assertEqual(life.next_update("1", "open", NOON), at(60))
        self.assertEqual(life.next_update("2", "mitigated", NOON), at(240))
        self.assertIsNone(life.next_update("4", "open", NOON))
        self.assertIsNone(life.next_update("1", "resolved", NOON))

    def test_the_first_acknowledgement_counts_and_what_goes_on_is_not_over(self):
        for state, known, wanted in [
            ("acknowledged", None, {"acknowledged_at": NOON}),
            ("acknowledged", at(-5), {"acknowledged_at": at(-5)}),
            ("mitigated", None, {"mitigated_at": NOON, "acknowledged_at": NOON}),
            ("resolved", at(-5), {"resolved_at": NOON, "acknowledged_at": at(-5)}),
            ("reviewed", at(-5), {"reviewed_at": NOON}),
        ]:
            with self.subTest((state, known)):
                gone = {"mitigated_at", "resolved_at", "reviewed_at"}
                again = dict.fromkeys(gone) if state == "acknowledged" else {}
                self.assertEqual(life.stamps(state, NOON, known), {**again, **wanted})

    def test_minutes_are_never_negative(self):
        self.assertEqual(life.minutes_between(NOON, at(90)), 90)
        self.assertEqual(life.minutes_between(at(90), NOON), 0)
        self.assertEqual(life.minutes_between(NOON, None), 0)


class TestDowntime(TestCase):
    def test_overlapping_incidents_count_once_and_maintenance_not(self):
        hits = [(at(0), at(60)), (at(30), at(90)), (at(200), at(210))]
        self.assertEqual(downtime.downtime_minutes([(h, []) for h in hits]), 100)
        work = [(at(50), at(205))]
        self.assertEqual(downtime.downtime_minutes([(h, work) for h in hits]), 55)
        bounds = (at(80), at(205))
        found = downtime.downtime_minutes([(h, []) for h in hits], bounds)
        self.assertEqual(found, 10 + 5)

    def test_announced_work_excuses_only_the_incident_it_is_announced_for(self):
        hour = (at(0), at(60))
        self.assertEqual(downtime.downtime_minutes([(hour, [hour]), (hour, [])]), 60)

    def test_an_account_may_be_hit_for_a_part_only(self):
        whole = (at(0), at(60))
        self.assertEqual(downtime.hit_span(whole, None, None), whole)
        self.assertEqual(downtime.hit_span(whole, at(10), at(90)), (at(10), at(60)))
        self.assertEqual(downtime.hit_span(whole, at(-5), at(20)), (at(0), at(20)))
        begin, end = downtime.hit_span(whole, at(70), None)
        self.assertEqual(begin, end)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(SPAN, st.lists(SPAN, max_size=4)), max_size=6),
    )
    def test_it_equals_counting_minute_by_minute(self, troubles):
        def lies_in(span, minute):
            return span[0] <= minute < span[1]

        def is_down(minute):
            return any(
                lies_in(hit, minute) and not any(lies_in(each, minute) for each in work)
                for hit, work in troubles
            )

        as_time = [(moments(hit), [moments(w) for w in work]) for hit, work in troubles]
        counted = sum(is_down(minute) for minute in range(90))
        self.assertEqual(downtime.downtime_minutes(as_time), counted)


class TestSurge(TestCase):
    def test_a_flood_stands_out_and_its_figures_say_why(self):
        found = surge.judge(9, [1, 2, 1, 0, 2, 1, 1, 2])
        self.assertEqual((found.count, found.usual, found.weeks), (9, 1.0, 8))
        self.assertEqual((found.spread, found.score), (1.0, 8.0))

    def test_what_is_usual_or_little_or_unknown_is_no_surge(self):
        for count, history in [
            (3, [0, 0, 0, 0]),  # few
            (9, [8, 9, 7, 10]),  # usual
            (9, [1]),  # hardly anything known
            (9, []),
            (14, [9, 9, 9, 9]),  # within what chance does
        ]:
            with self.subTest((count, history)):
                self.assertIsNone(surge.judge(count, history))

    def test_one_bad_week_does_not_hide_the_next(self):
        self.assertTrue(surge.judge(9, [40, 1, 1, 2, 1, 1, 0, 1]))

    def test_the_same_hour_of_past_weeks_is_counted_as_far_as_it_is_known(self):
        week = timedelta(weeks=1)
        moments = [
            NOON,
            at(-59),
            at(-60),
            NOON - week,
            NOON - week - timedelta(hours=2),
        ]
        count, history = surge.same_hour(moments, NOON, 8, NOON - 3 * week)
        self.assertEqual((count, history), (2, [1, 0]))

    def test_releases_of_the_last_three_days_are_named(self):
        releases = [
            ("2.3", NOON - timedelta(hours=73)),
            ("2.4", NOON - timedelta(hours=70)),
            ("2.5", NOON - timedelta(hours=2)),
            ("3.0", NOON + timedelta(hours=1)),
        ]
        self.assertEqual(surge.suspects(releases, NOON), [("2.5", 2.0), ("2.4", 70.0)])
