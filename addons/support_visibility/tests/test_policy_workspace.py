import unittest
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies import ticket_state
from odoo.addons.support_visibility.policies.workspace import ordering, viewing
from odoo.addons.support_visibility.policies.workspace.ordering import Standing

NOW = datetime(2026, 3, 2, 12)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ticket(id=1, **more):
    return Standing(
        **{
            "id": id,
            "state": ticket_state.OPEN,
            "priority": "1",
            "opened_at": NOW - DAY,
            **more,
        }
    )


def codes(standing):
    return [reason.code for reason in ordering.reasons(standing, NOW)]


class TestOrder(unittest.TestCase):
    def test_the_worst_severity_then_what_is_due_first_then_the_urgent_then_the_old(
        self,
    ):
        queue = [
            ticket(1, severity="1", due_at=NOW + DAY),
            ticket(2, severity="1"),
            ticket(3, due_at=NOW - HOUR),
            ticket(4, due_at=NOW + HOUR, priority="0"),
            ticket(5, due_at=NOW + 2 * HOUR, priority="3"),
            ticket(6, priority="3"),
            ticket(7, opened_at=NOW - 2 * DAY),
            ticket(8),
            ticket(9),
        ]
        self.assertEqual(sorted(queue[::-1], key=ordering.sort_key), queue)

    def test_severity_two_has_no_place_of_its_own(self):
        two, due = ticket(1, severity="2"), ticket(2, due_at=NOW + DAY)
        self.assertEqual(sorted([two, due], key=ordering.sort_key), [due, two])

    @given(
        st.lists(
            st.builds(
                ticket,
                id=st.integers(1, 10_000),
                severity=st.sampled_from(("", "1", "2", "3", "4")),
                priority=st.sampled_from("0123"),
                due_at=st.none()
                | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
                opened_at=st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31)),
            ),
            unique_by=lambda standing: standing.id,
        )
    )
    def test_the_order_is_total_and_never_puts_a_later_deadline_first(self, queue):
        ordered = sorted(queue, key=ordering.sort_key)
        self.assertEqual(ordered, sorted(queue[::-1], key=ordering.sort_key))
        for first, then in pairwise(ordered):
            if (first.severity == "1") == (then.severity == "1") and then.due_at:
                self.assertTrue(first.due_at and first.due_at <= then.due_at)


class TestReasons(unittest.TestCase):
    def test_each_ticket_says_why_it_has_its_place(self):
        for more, expected in (
            ({}, ["opened"]),
            ({"due_at": NOW + 25 * MINUTE}, ["due"]),
            ({"due_at": NOW}, ["overdue"]),
            ({"due_at": NOW - 3 * HOUR}, ["overdue"]),
            ({"severity": "1"}, ["severe"]),
            ({"severity": "2"}, ["opened"]),
            ({"severity": "1", "due_at": NOW - HOUR}, ["severe", "overdue"]),
            ({"asked_at": NOW - HOUR}, ["asked"]),
            ({"asked_at": NOW - HOUR, "was_answered": True}, ["answered"]),
            ({"is_escalated": True}, ["escalated"]),
            ({"priority": "3"}, ["urgent"]),
            ({"state": "waiting", "state_since": NOW - DAY}, ["waiting"]),
            ({"state": "waiting", "asked_at": NOW}, ["waiting"]),
            ({"snoozed_until": NOW + DAY}, ["snoozed"]),
            ({"snoozed_until": NOW - DAY}, ["opened"]),
            (
                {"due_at": NOW + HOUR, "asked_at": NOW, "priority": "3"},
                ["due", "asked"],
            ),
        ):
            with self.subTest(more):
                self.assertEqual(codes(ticket(**more)), expected)

    def test_the_seconds_are_those_to_or_since_the_moment(self):
        [due] = ordering.reasons(ticket(due_at=NOW + 25 * MINUTE), NOW)
        [over] = ordering.reasons(ticket(due_at=NOW - 3 * HOUR), NOW)
        self.assertEqual((due.seconds, over.seconds), (1500, 10_800))

    def test_every_mixture_has_one_or_two_reasons_and_none_is_negative(self):
        for due, asked, snoozed, severity, priority, state, escalated in product(
            (None, NOW - DAY, NOW + DAY),
            (None, NOW - HOUR, NOW + HOUR),
            (None, NOW - HOUR, NOW + HOUR),
            ("", "1", "3"),
            "013",
            ticket_state.OPEN_STATES,
            (False, True),
        ):
            standing = ticket(
                due_at=due,
                asked_at=asked,
                snoozed_until=snoozed,
                severity=severity,
                priority=priority,
                state=state,
                is_escalated=escalated,
            )
            found = ordering.reasons(standing, NOW)
            self.assertIn(len(found), (1, 2))
            self.assertTrue(all(reason.seconds >= 0 for reason in found))


class TestPressure(unittest.TestCase):
    def test_how_pressing_a_ticket_is(self):
        for more, expected in (
            ({}, "calm"),
            ({"due_at": NOW}, "critical"),
            ({"due_at": NOW - DAY, "severity": "1"}, "critical"),
            ({"severity": "1"}, "at_risk"),
            ({"due_at": NOW + HOUR}, "at_risk"),
            ({"due_at": NOW + HOUR + MINUTE}, "watch"),
            ({"due_at": NOW + 8 * HOUR}, "watch"),
            ({"due_at": NOW + 9 * HOUR}, "calm"),
            ({"asked_at": NOW}, "watch"),
            ({"is_escalated": True}, "watch"),
            ({"priority": "3"}, "watch"),
        ):
            with self.subTest(more):
                self.assertEqual(ordering.pressure(ticket(**more), NOW), expected)


class TestSpan(unittest.TestCase):
    def test_one_figure_with_its_unit(self):
        for seconds, expected in (
            (-5, (0, "s")),
            (0, (0, "s")),
            (59, (59, "s")),
            (60, (1, "min")),
            (1500, (25, "min")),
            (5399, (90, "min")),
            (5400, (2, "h")),
            (10_800, (3, "h")),
            (172_799, (48, "h")),
            (172_800, (2, "d")),
        ):
            with self.subTest(seconds):
                self.assertEqual(ordering.span(seconds), expected)


class TestViewing(unittest.TestCase):
    here = viewing.Viewer(7, NOW)

    def test_somebody_without_a_sign_of_life_is_gone_after_a_minute(self):
        self.assertTrue(viewing.is_here(self.here, NOW + 59 * timedelta(seconds=1)))
        self.assertFalse(viewing.is_here(self.here, NOW + MINUTE))

    def test_a_lost_sign_of_life_makes_nobody_vanish(self):
        self.assertLess(2 * viewing.SIGN_EVERY, viewing.EXPIRES_AFTER.total_seconds())

    def test_only_a_change_is_news(self):
        writing = replace(self.here, is_writing=True)
        later = NOW + 25 * timedelta(seconds=1)
        for before, is_writing, now, expected in (
            (None, False, NOW, True),
            (self.here, False, later, False),
            (self.here, True, later, True),
            (writing, True, later, False),
            (writing, False, later, True),
            (self.here, False, NOW + HOUR, True),
        ):
            with self.subTest(before=before, is_writing=is_writing):
                self.assertIs(viewing.is_news(before, is_writing, now), expected)
