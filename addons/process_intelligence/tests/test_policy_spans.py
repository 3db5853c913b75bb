from unittest import TestCase

from odoo.addons.process_intelligence.policies import spans

HOURS = 3600


class TestSpans(TestCase):
    def test_durations_have_one_unit(self):
        for seconds, unit, value in (
            (0, "seconds", 0),
            (89.4, "seconds", 89),
            (90, "minutes", 2),
            (5399, "minutes", 90),
            (5400, "hours", 1.5),
            (7200, "hours", 2),
            (45_000, "hours", 12),
            (129_600, "days", 1.5),
            (340.3 * HOURS, "days", 14),
            (90 * 24 * HOURS, "months", 3),
            (400 * 24 * HOURS, "months", 13),
        ):
            self.assertEqual(spans.rough(seconds), (unit, value), seconds)

    def test_working_time_is_said_in_hours(self):
        for seconds, unit, value in (
            (60, "seconds", 60),
            (600, "minutes", 10),
            (17.04 * HOURS, "hours", 17),
            (340.3 * HOURS, "hours", 340),
        ):
            self.assertEqual(spans.rough(seconds, in_hours=True), (unit, value))
