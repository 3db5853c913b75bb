import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.matrix import Case, Line, find, fits, overlap

CREDIT, REFUND, HERE, THERE = 1, 2, 1, 2


def chosen(*lines, kind=CREDIT, company=HERE, tier="strategic", amount=500.0):
    case = Case(kind, company, tier, {line.key: amount for line in lines})
    found = find(lines, case)
    return found and found.key


class TestFinding(unittest.TestCase):
    def test_a_line_fits_where_all_it_says_is_so(self):
        cases = [
            (Line(1), 1),
            (Line(1, type_id=CREDIT, company_id=HERE, tier="strategic"), 1),
            (Line(1, type_id=REFUND), None),
            (Line(1, company_id=THERE), None),
            (Line(1, tier="growth"), None),
            (Line(1, amount_from=500), None),
            (Line(1, amount_from=499, amount_to=500), 1),
            (Line(1, amount_to=499), None),
        ]
        for line, expected in cases:
            with self.subTest(line=line):
                self.assertEqual(chosen(line), expected)

    def test_the_most_specific_line_wins(self):
        anything = Line(1)
        cases = [
            (Line(2, type_id=CREDIT), 2),
            (Line(2, tier="strategic"), 2),
            (Line(2, amount_from=100), 2),
            (Line(2, type_id=REFUND), 1),
        ]
        for line, expected in cases:
            with self.subTest(line=line):
                self.assertEqual(chosen(anything, line), expected)
                self.assertEqual(chosen(line, anything), expected, "in any order")

    def test_two_that_say_as_much_are_ranked_company_type_tier_band(self):
        ranked = [
            Line(4, company_id=HERE),
            Line(3, type_id=CREDIT),
            Line(2, tier="strategic"),
            Line(1, amount_from=100),
        ]
        for start in range(len(ranked)):
            self.assertEqual(chosen(*ranked[start:]), ranked[start].key)

    def test_a_negative_amount_counts_by_its_size(self):
        self.assertEqual(chosen(Line(1, amount_from=100), amount=-500), 1)

    def test_without_a_line_there_is_nobody(self):
        self.assertIsNone(chosen())

    def test_bands_that_overlap_are_seen(self):
        cases = [  # one, other, overlap
            ((0, 100), (100, 0), False),
            ((0, 100), (99, 0), True),
            ((100, 0), (200, 0), True),
            ((100, 200), (0, 100), False),
            ((0, 0), (0, 0), True),
            ((0, 0), (1, 0), False),  # a band is more specific than none
        ]
        for one, other, expected in cases:
            lines = Line(1, 0, 0, "", *one), Line(2, 0, 0, "", *other)
            with self.subTest(one=one, other=other):
                self.assertEqual(overlap(*lines), expected)
                self.assertEqual(overlap(*reversed(lines)), expected)
        self.assertFalse(overlap(Line(1, CREDIT), Line(2, REFUND)))


LINES = st.builds(
    Line,
    st.integers(1, 999),
    st.sampled_from([0, CREDIT, REFUND]),
    st.sampled_from([0, HERE, THERE]),
    st.sampled_from(["", "growth", "strategic"]),
    st.sampled_from([0, 100, 400]),
    st.sampled_from([0, 500, 900]),
)


class TestAnyMatrix(unittest.TestCase):
    @given(st.lists(LINES, unique_by=lambda ln: ln.key), st.randoms())
    def test_the_order_of_the_lines_does_not_matter(self, lines, random):
        mixed = random.sample(lines, len(lines))
        self.assertEqual(chosen(*lines), chosen(*mixed))

    @given(LINES, LINES, st.sampled_from([1.0, 100, 250, 450, 500, 700, 1000]))
    def test_lines_that_do_not_overlap_never_tie(self, one, other, amount):
        case = Case(
            CREDIT, HERE, "strategic", dict.fromkeys((one.key, other.key), amount)
        )
        same = (one.type_id, one.company_id, one.tier, one.is_banded) == (
            other.type_id,
            other.company_id,
            other.tier,
            other.is_banded,
        )
        if same and not overlap(one, other):
            self.assertFalse(fits(one, case) and fits(other, case))
