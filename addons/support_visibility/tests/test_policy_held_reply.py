import math
from unittest import TestCase

from ..policies import held_reply
from ..policies.held_reply import problem


class TestHeldReply(TestCase):
    def test_what_can_be_put_to_somebody(self):
        self.assertIsNone(problem("We credit you.", "credit", 50))
        self.assertIsNone(problem("You may leave earlier.", "terms", 0))
        self.assertIsNone(problem("A cake is on its way.", "other", 0.5))

    def test_what_is_missing_is_named(self):
        for given, code in [
            ((" \n", "credit", 50), held_reply.EMPTY),
            (("Yes", "", 50), held_reply.NO_PROMISE),
            (("Yes", "gift", 50), held_reply.NO_PROMISE),
            (("Yes", "refund", 0), held_reply.NO_AMOUNT),
            (("Yes", "refund", -1), held_reply.BAD_AMOUNT),
            (("Yes", "other", math.nan), held_reply.BAD_AMOUNT),
            (("Yes", "other", math.inf), held_reply.BAD_AMOUNT),
            (("Yes", "other", 10**12), held_reply.BAD_AMOUNT),
        ]:
            with self.subTest(given):
                self.assertEqual(problem(*given), code)

    def test_only_what_waits_can_be_decided(self):
        movable = [
            state for state, _label in held_reply.STATES if held_reply.may_move(state)
        ]
        self.assertEqual(movable, ["held"])
