import unittest
from datetime import datetime, timedelta

from odoo.addons.approval_engine.policies import deadlines as dl

FRIDAY_16 = datetime(2026, 11, 20, 16)
FRIDAY_WORK = (datetime(2026, 11, 20, 9), datetime(2026, 11, 20, 17))
MONDAY_WORK = (datetime(2026, 11, 23, 9), datetime(2026, 11, 23, 17))


class TestDueAt(unittest.TestCase):
    def test_without_hours_there_is_no_deadline(self):
        for hours in (0, -1):
            self.assertIsNone(dl.due_at(FRIDAY_16, hours))

    def test_plain_hours_run_through_the_night(self):
        self.assertEqual(dl.due_at(FRIDAY_16, 24), datetime(2026, 11, 21, 16))
        self.assertEqual(dl.due_at(FRIDAY_16, 0.5), datetime(2026, 11, 20, 16, 30))

    def test_working_hours_stop_over_the_weekend(self):
        working = [FRIDAY_WORK, MONDAY_WORK]
        cases = [  # hours, due
            (0.5, datetime(2026, 11, 20, 16, 30)),
            (1, datetime(2026, 11, 20, 17)),
            (2, datetime(2026, 11, 23, 10)),
            (9, datetime(2026, 11, 23, 17)),
        ]
        for hours, expected in cases:
            with self.subTest(hours=hours):
                self.assertEqual(dl.due_at(FRIDAY_16, hours, working), expected)

    def test_time_before_the_start_does_not_count(self):
        early = (datetime(2026, 11, 19, 9), datetime(2026, 11, 19, 17))
        self.assertEqual(
            dl.due_at(FRIDAY_16, 2, [early, FRIDAY_WORK, MONDAY_WORK]),
            datetime(2026, 11, 23, 10),
        )

    def test_too_little_working_time_gives_no_deadline(self):
        self.assertIsNone(dl.due_at(FRIDAY_16, 20, [FRIDAY_WORK, MONDAY_WORK]))


class TestRemindAt(unittest.TestCase):
    def test_a_quarter_of_the_time_before_but_at_least_an_hour(self):
        cases = [  # hours given, hours before due
            (24, 6),
            (8, 2),
            (4, 1),
            (2, 1),
            (1, 0.5),
            (0.5, 0.25),
        ]
        for hours, before in cases:
            due = FRIDAY_16 + timedelta(hours=hours)
            with self.subTest(hours=hours):
                self.assertEqual(
                    dl.remind_at(FRIDAY_16, due), due - timedelta(hours=before)
                )


class TestTimeout(unittest.TestCase):
    def test_no_answer_is_never_a_yes(self):
        cases = {
            "expire": "expired",
            "reject": "rejected",
            "approve": "expired",
            "": "expired",
        }
        for action, expected in cases.items():
            with self.subTest(action=action):
                self.assertEqual(dl.timeout_state(action), expected)


class TestRetry(unittest.TestCase):
    def test_waits_grow_and_end_after_five_retries(self):
        seconds = [30, 120, 480, 1920, 7680]
        for attempts, expected in enumerate(seconds, start=1):
            with self.subTest(attempts=attempts):
                self.assertEqual(
                    dl.retry_at(FRIDAY_16, attempts),
                    FRIDAY_16 + timedelta(seconds=expected),
                )
        self.assertIsNone(dl.retry_at(FRIDAY_16, 6))


class TestUrgency(unittest.TestCase):
    def test_the_level_follows_the_time_left(self):
        cases = [(-0.1, "overdue"), (0, "soon"), (8, "soon"), (8.1, "later")]
        for hours, expected in cases:
            with self.subTest(hours=hours):
                level, span = dl.urgency(FRIDAY_16, FRIDAY_16 + timedelta(hours=hours))
                self.assertEqual(level, expected)
                self.assertGreaterEqual(span, timedelta())

    def test_spans_are_said_as_people_say_them(self):
        cases = [
            (timedelta(seconds=59), (0, 0, 0)),
            (timedelta(minutes=90), (0, 1, 30)),
            (timedelta(hours=25, minutes=10), (1, 1, 0)),
            (timedelta(days=8, hours=5), (8, 0, 0)),
        ]
        for span, expected in cases:
            with self.subTest(span=span):
                self.assertEqual(dl.span_parts(span), expected)
