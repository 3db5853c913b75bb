import unittest

from odoo.addons.approval_engine.policies.auto import needs_nobody


class TestAuto(unittest.TestCase):
    def test_the_policy_decides_small_amounts_and_nothing_else(self):
        cases = [  # amount, limit, decided by the policy
            (50, 100, True),
            (100, 100, True),
            (-100, 100, True),
            (100.01, 100, False),
            (-100.01, 100, False),
            (0, 100, False),  # not about money
            (50, 0, False),  # off
            (50, -1, False),
            (float("inf"), 100, False),
            (float("nan"), 100, False),
        ]
        for amount, limit, expected in cases:
            with self.subTest(amount=amount, limit=limit):
                self.assertIs(
                    needs_nobody(
                        amount, limit, people_decided=False, option_open=False
                    ),
                    expected,
                )

    def test_what_a_person_decided_or_has_to_choose_is_left_to_people(self):
        for decided, choice in ((True, False), (False, True), (True, True)):
            with self.subTest(decided=decided, choice=choice):
                self.assertFalse(
                    needs_nobody(5, 10, people_decided=decided, option_open=choice)
                )
