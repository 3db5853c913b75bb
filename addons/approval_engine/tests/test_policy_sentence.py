import unittest

from odoo.addons.approval_engine.policies.sentence import StepWords, policy_sentence


class TestSentence(unittest.TestCase):
    def test_it_reads_like_a_rule(self):
        steps = [
            StepWords(20, "Finance Managers", "all", amount_from="1,000 €"),
            StepWords(10, "Finance", "any"),
        ]
        self.assertEqual(
            policy_sentence(
                "Service credit",
                steps,
                deadline_hours=8,
                working_time=True,
                owner="Ada",
            ),
            "Service credit needs one of Finance, then Finance Managers (above 1,000 €), within 8 working hours; "
            "after that the request expires. The requester never decides, and nobody decides two steps. "
            "Where nobody is left to decide a step, Ada is asked.",
        )

    def test_parallel_steps_come_in_any_order(self):
        steps = [
            StepWords(10, "Finance", "any"),
            StepWords(10, "Customer Success", "quorum", 2),
        ]
        self.assertIn(
            "needs one of Finance and 2 of Customer Success in any order, without a deadline.",
            policy_sentence("Service continuity", steps),
        )

    def test_both_bounds_and_a_rejection_are_said(self):
        steps = [
            StepWords(10, "Finance", "all", amount_from="100 €", amount_to="500 €")
        ]
        text = policy_sentence(
            "Refund", steps, deadline_hours=1.5, timeout_action="reject"
        )
        self.assertIn(
            "Finance (above 100 €, up to 500 €), within 1.5 hours; after that the request is rejected.",
            text,
        )

    def test_without_steps_it_says_what_to_do(self):
        self.assertEqual(
            policy_sentence("Refund", []), "Refund: nobody is asked yet. Add a step."
        )
