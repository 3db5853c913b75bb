from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SMALL, ProcessCase

BUSY = """case,activity,time,who
A,Open,2026-03-01 08:00,ann
A,Check,2026-03-01 09:00,bob
A,Open,2026-03-01 10:00,ann
A,Close,2026-03-01 11:00,ann
B,Open,2026-03-20 08:00,ann
B,Check,2026-03-20 09:00,bob
B,Close,2026-03-20 12:00,bob
C,Open,2026-04-09 08:00,ann
C,Check,2026-04-09 12:00,bob
C,Close,2026-04-09 18:00,bob
"""


@tagged("post_install", "-at_install")
class TestGuide(ProcessCase):
    def told(self, definition, filters=None):
        return [
            (part["question"], part["number"], part["sentence"])
            for part in definition.with_user(self.reader).guide(filters)
        ]

    def test_it_says_what_the_figures_say(self):
        definition = self.define(BUSY, resource="who")
        self.assertEqual(
            self.told(definition),
            [
                (
                    "time",
                    3 * 3600,
                    "Most time is lost from Open to Check: 3 h above its usual time, 66.7% of all time lost.",
                ),
                (
                    "rework",
                    1,
                    "A step is done again in 1 of 3 cases (33.3%), most often Open (repeats: 1).",
                ),
                (
                    "waits",
                    3,
                    "bob waits most often for ann: 3 times, usually 60 min.",
                ),
                (
                    "waits",
                    1,
                    "One case goes back at once to the one who handed it over, most often between ann and bob.",
                ),
                (
                    "change",
                    (7 - 3) * 3600,
                    "Cases that ended in the last 30 days: 2, usually after 7 h; in the 30 days before: 1, usually "
                    "after 3 h.",
                ),
            ],
        )

    def test_one_is_told_as_one(self):
        log = "case,activity,time,who\nA,Open,2026-03-01 08:00,ann\nA,Check,2026-03-01 10:00,bob\n"
        sentences = [part[2] for part in self.told(self.define(log, resource="who"))]
        self.assertIn("bob waits most often for ann: once, for 2 h.", sentences)

    def test_every_link_can_be_followed(self):
        definition = self.define(BUSY, resource="who").with_user(self.reader)
        for part in definition.guide({"has": ["Open"]}):
            answer = getattr(definition, part["link"]["method"])(
                **part["link"]["arguments"]
            )
            self.assertTrue(answer)
        [change] = definition.guide()[-1:]
        self.assertEqual(
            definition.statistics(change["link"]["arguments"]["filters"])["cases"], 2
        )

    def test_what_is_not_known_is_not_said(self):
        self.assertEqual(self.told(self.define()), [])
        self.assertEqual(
            [part[0] for part in self.told(self.define(SMALL))], ["rework"]
        )
        with self.assertRaises(ValidationError):
            self.define().guide({"no": 1})
