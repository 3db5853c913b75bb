import itertools
import unittest

from odoo.addons.approval_engine.policies import governed_state as s

ALLOWED = {
    (s.DRAFT, s.PROPOSED),
    (s.DRAFT, s.ACTIVE),  # nobody else could agree
    (s.PROPOSED, s.DRAFT),
    (s.PROPOSED, s.ACTIVE),
    (s.ACTIVE, s.LEAVING),
    (s.ACTIVE, s.DRAFT),  # nobody else could agree
    (s.LEAVING, s.ACTIVE),
    (s.LEAVING, s.DRAFT),
}


class TestGovernedState(unittest.TestCase):
    def test_the_whole_table(self):
        states = [state for state, _label in s.STATES]
        self.assertEqual(set(s.TRANSITIONS), set(states))
        for pair in itertools.product(states, [*states, "nonsense"]):
            with self.subTest(pair=pair):
                self.assertEqual(s.is_allowed(*pair), pair in ALLOWED)
        self.assertFalse(s.is_allowed("nonsense", s.DRAFT))

    def test_what_waits_to_be_switched_off_still_holds(self):
        self.assertEqual(s.HOLDS & s.WAITING, {s.LEAVING})
