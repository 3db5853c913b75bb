import unittest

from odoo.addons.approval_engine.policies import ask
from odoo.addons.approval_engine.policies.ask import Entry, open_questions

ROWS = [
    Entry(1, 1, 10),
    Entry(2, 1, 11),
    Entry(3, 1, 10, answers=1),
    Entry(4, 2, 20),
]


class TestQuestions(unittest.TestCase):
    def test_a_question_is_open_until_answered_while_its_step_is(self):
        cases = [  # round, open steps, open questions
            (1, {10, 11}, [2]),
            (1, {10}, []),
            (1, set(), []),
            (2, {20}, [4]),
            (3, {10, 11, 20}, []),
        ]
        for round_, steps, expected in cases:
            with self.subTest(round=round_, steps=steps):
                self.assertEqual(
                    open_questions(ROWS, round_=round_, open_steps=steps), expected
                )

    def test_an_answer_is_refused_with_the_reason(self):
        cases = [  # question, reason
            (2, None),
            (1, ask.ANSWERED),
            (3, ask.UNKNOWN),  # an answer is no question
            (9, ask.UNKNOWN),
            (4, ask.CLOSED),
        ]
        for question, expected in cases:
            with self.subTest(question=question):
                self.assertEqual(
                    ask.refuse_answer(ROWS, question, round_=1, open_steps={10, 11}),
                    expected,
                )
