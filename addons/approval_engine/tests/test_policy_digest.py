import unittest
from datetime import datetime, timedelta

from odoo.addons.approval_engine.policies.digest import (
    Digest,
    Settled,
    Waiting,
    digest,
    is_time,
)

NOW = datetime(2026, 11, 22, 7, 30)


def hours(number):
    return NOW + timedelta(hours=number)


class TestDigest(unittest.TestCase):
    def test_it_is_sent_once_a_day_from_seven_on(self):
        cases = [
            (NOW, None, True),
            (NOW.replace(hour=6, minute=59), None, False),
            (NOW.replace(hour=23), None, True),
            (NOW, NOW.replace(hour=7, minute=0), False),
            (NOW.replace(hour=23), NOW, False),
            (NOW, NOW - timedelta(days=1), True),
            (NOW, NOW.replace(hour=0, minute=1), False),
            (NOW, NOW + timedelta(days=1), False),  # moved west over the date line
        ]
        for now, last, expected in cases:
            with self.subTest(now=now, last=last):
                self.assertEqual(is_time(now, last), expected)

    def test_nothing_due_means_nothing_to_say(self):
        self.assertEqual(digest(NOW, []), Digest())
        self.assertEqual(digest(NOW, [Waiting(1, hours(25))]), Digest())

    def test_the_most_urgent_comes_first(self):
        waiting = [
            Waiting(1, None),
            Waiting(2, hours(24)),
            Waiting(3, hours(-2)),
            Waiting(4, hours(30)),
            Waiting(5, hours(1)),
            Waiting(6, hours(26)),
        ]
        self.assertEqual(digest(NOW, waiting), Digest((3, 5, 2, 1), (6, 4)))

    def test_equal_deadlines_keep_the_order_of_asking(self):
        waiting = [Waiting(2, hours(1)), Waiting(1, hours(1))]
        self.assertEqual(digest(NOW, waiting).due, (1, 2))

    def test_what_came_of_what_they_watch_is_worth_a_mail_the_latest_first(self):
        plan = digest(
            NOW,
            [Waiting(1, hours(48))],
            [Settled(7, hours(-5)), Settled(8, hours(-1))],
        )
        self.assertEqual(plan, Digest(outcomes=(8, 7)))
        self.assertTrue(plan.is_worth_a_mail)
        self.assertFalse(digest(NOW, [Waiting(1, hours(48))]).is_worth_a_mail)

    def test_what_is_no_longer_needed_is_said_once_and_is_worth_a_mail(self):
        gone = [Settled(7, hours(-5)), Settled(9, hours(-2))]
        plan = digest(NOW, [], [Settled(8, hours(-1)), Settled(7, hours(-5))], gone)
        self.assertEqual(plan, Digest(outcomes=(8,), lapsed=(9, 7)))
        self.assertTrue(digest(NOW, [], (), gone).is_worth_a_mail)
