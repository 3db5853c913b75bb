import unittest

from odoo.addons.process_intelligence.tools.answers import Answers


class TestAnswers(unittest.TestCase):
    def test_the_longest_unused_answer_goes_first(self):
        answers = Answers(max_rows=6)
        answers.keep("a", (1, 2))
        answers.keep("b", (3,))
        answers.get("a")
        answers.keep("c", (4,))
        self.assertEqual([answers.get(key) for key in "abc"], [(1, 2), None, (4,)])

    def test_an_answer_too_large_is_not_kept_and_pushes_no_other_out(self):
        answers = Answers(max_rows=3)
        answers.keep("a", (1,))
        answers.keep("b", tuple(range(9)))
        self.assertEqual(answers.get("a"), (1,))
        self.assertIsNone(answers.get("b"))

    def test_an_answer_kept_anew_takes_its_room_once(self):
        answers = Answers(max_rows=4)
        for _time in range(5):
            answers.keep("a", (1,))
        answers.keep("b", (2,))
        self.assertEqual((answers.get("a"), answers.get("b")), ((1,), (2,)))
