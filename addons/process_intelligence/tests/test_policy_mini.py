import unittest
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.process_intelligence.policies import mini

WAY = st.lists(st.integers(1, 4), max_size=12).map(lambda rest: [1, *rest])


def common(own, usual):
    """Length of the longest common subsequence, by its definition."""

    @cache
    def longest(i, j):
        if i == len(own) or j == len(usual):
            return 0
        if own[i] == usual[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    return longest(0, 0)


class TestPolicyMini(unittest.TestCase):
    def told(self, own, usual, running=True):
        return [(p.activity, p.kind) for p in mini.parts(own, usual, running)]

    def test_what_it_did_instead_comes_before_what_it_left_out(self):
        self.assertEqual(
            self.told([1, 5, 3], [1, 2, 3, 4]),
            [(1, "kept"), (5, "extra"), (2, "skipped"), (3, "kept"), (4, "ahead")],
        )
        self.assertEqual(
            self.told([1, 5], [1, 2], running=False),
            [(1, "kept"), (5, "extra"), (2, "skipped")],
        )

    @given(WAY, WAY, st.booleans())
    def test_a_line_holds_both_ways_whole_and_as_much_in_common_as_there_is(
        self, own, usual, running
    ):
        line = mini.parts(own, usual, running)
        self.assertEqual([p.activity for p in line if p.step is not None], own)
        self.assertEqual(
            [p.step for p in line if p.step is not None], list(range(len(own)))
        )
        self.assertEqual([p.activity for p in line if p.kind != "extra"], usual)
        kept = [p.kind for p in line].count("kept")
        self.assertEqual(kept, common(tuple(own), tuple(usual)))
        kinds = [p.kind for p in line]
        if "ahead" in kinds:
            self.assertTrue(running)
            self.assertNotIn("kept", kinds[kinds.index("ahead") :])

    @given(WAY, WAY)
    def test_it_left_where_the_ways_first_differ(self, own, usual):
        left = mini.left(own, usual, running=False)
        if own == usual:
            self.assertIsNone(left)
            return
        place = next(n for n in range(99) if own[n : n + 1] != usual[n : n + 1])
        expected = (
            own[place - 1],
            own[place] if place < len(own) else None,
            usual[place] if place < len(usual) else None,
        )
        self.assertEqual(left, expected)
        if place == len(own):
            self.assertIsNone(mini.left(own, usual, running=True))

    def test_waits_are_ranked_among_those_that_took_less(self):
        quantiles = [float(n) for n in range(1, 100)]
        self.assertEqual(mini.longer_than(0, quantiles), 0)
        self.assertEqual(mini.longer_than(50.5, quantiles), 0.5)
        self.assertEqual(mini.longer_than(1e9, quantiles), 0.99)
        self.assertEqual(mini.longer_than(5, [5.0] * 99), 0)
