import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

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


class TestReminders(unittest.TestCase):
    def test_what_people_write_is_read(self):
        cases = {
            "": None,
            "none": (),
            "25 %": ((25, "%"),),
            "50 %, 25%, 2 h": ((50, "%"), (25, "%"), (2, "h")),
            "50%,25%": ((50, "%"), (25, "%")),
            "1,5 h; 0.5H": ((1.5, "h"), (0.5, "h")),
        }
        for text, expected in cases.items():
            with self.subTest(text=text):
                self.assertEqual(dl.read_reminders(text), expected)

    def test_what_cannot_be_read_is_named(self):
        for text in ("soon", "25", "0 %", "100 %", "50 %, tomorrow", "-2 h", "0 h"):
            with self.subTest(text=text), self.assertRaises(ValueError) as caught:
                dl.read_reminders(text)
            self.assertIn(str(caught.exception), text)

    def test_they_come_in_order_once_and_within_the_time_given(self):
        start = FRIDAY_16
        cases = [  # hours given, wanted, hours after the start
            (24, None, [18]),
            (24, "50 %, 25 %, 2 h", [12, 18, 22]),
            (24, "2 h, 50 %, 12 h", [12, 22]),
            (4, "6 h, 4 h, 1 h", [3]),
            (24, "none", []),
        ]
        for hours, text, expected in cases:
            with self.subTest(text=text):
                wanted = dl.read_reminders(text) if text else None
                due = start + timedelta(hours=hours)
                found = dl.reminders_at(start, due, hours, wanted)
                self.assertEqual(
                    found, [start + timedelta(hours=after) for after in expected]
                )

    def test_working_hours_count_where_the_deadline_does(self):
        working = [FRIDAY_WORK, MONDAY_WORK]
        due = dl.due_at(FRIDAY_16, 5, working)
        self.assertEqual(
            dl.reminders_at(FRIDAY_16, due, 5, ((2, "h"),), working),
            [datetime(2026, 11, 23, 11)],
        )


class TestStandingStill(unittest.TestCase):
    def test_as_much_time_is_left_as_when_the_clock_stopped(self):
        working = [FRIDAY_WORK, MONDAY_WORK]
        monday_9 = datetime(2026, 11, 23, 9)
        cases = [  # moment, stopped, resumed, working, moved to
            (20, 5, 8, None, 23),
            (4, 5, 8, None, 4),  # behind us already
            (5, 5, 8, None, 5),
        ]
        for moment, stopped, resumed, spans, expected in cases:
            with self.subTest(moment=moment):
                self.assertEqual(
                    dl.moved(
                        FRIDAY_16 + timedelta(hours=moment),
                        FRIDAY_16 + timedelta(hours=stopped),
                        FRIDAY_16 + timedelta(hours=resumed),
                        spans,
                    ),
                    FRIDAY_16 + timedelta(hours=expected),
                )
        # one working hour was left on Friday; the weekend between does not count
        self.assertEqual(
            dl.moved(
                datetime(2026, 11, 20, 17),
                FRIDAY_16,
                monday_9 + timedelta(hours=2),
                working,
            ),
            monday_9 + timedelta(hours=3),
        )

    @given(
        st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000), st.booleans()
    )
    def test_standing_still_takes_no_time_away_and_keeps_the_order(
        self, moment, stopped, stood, calendar
    ):
        spans = (
            [
                (day, day + timedelta(hours=8))
                for day in (FRIDAY_WORK[0] + timedelta(days=n) for n in range(60))
            ]
            if calendar
            else None
        )
        at = FRIDAY_16 + timedelta(minutes=moment)
        stop = FRIDAY_16 + timedelta(minutes=stopped)
        resume = stop + timedelta(minutes=stood)
        later = dl.moved(at, stop, resume, spans)
        if at <= stop:
            self.assertEqual(later, at)
        else:
            self.assertGreaterEqual(later, resume)
            # seconds: hours are counted in floating point
            self.assertAlmostEqual(
                dl.worked(resume, later, spans).total_seconds(),
                dl.worked(stop, at, spans).total_seconds(),
                delta=0.01,
            )


class TestTimeout(unittest.TestCase):
    def test_no_answer_is_never_a_yes(self):
        cases = {
            "expire": "expired",
            "reject": "rejected",
            "approve": "expired",
            "escalate": "expired",
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
