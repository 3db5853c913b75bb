import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.windows import Part, counted_earlier

NOW = datetime(2026, 11, 22, 9)
MONTH = timedelta(days=30)


def part(size, key="a", at=NOW, days=30):
    return Part(key, at, at - timedelta(days=days)).with_size(size)


class TestWindows(unittest.TestCase):
    def test_what_counts_of_those_before_in_the_batch(self):
        later = NOW + MONTH
        cases = [
            ([], []),
            ([part(400)], [0]),
            ([part(400), part(600), part(1)], [0, 400, 1000]),
            ([part(400), part(600, key="b"), part(1)], [0, 0, 400]),
            ([part(400), part(600, at=later)], [0, 0]),  # exactly as old as the window
            ([part(400), part(600, at=later, days=31)], [0, 400]),
            ([part(400, at=later), part(600)], [0, 0]),  # asked afterwards
        ]
        for parts, expected in cases:
            with self.subTest(parts=parts):
                self.assertEqual(counted_earlier(parts), expected)

    @given(
        st.lists(
            st.tuples(st.integers(0, 9), st.sampled_from("ab"), st.integers(0, 5)),
            max_size=8,
        )
    )
    def test_a_batch_counts_what_one_by_one_would_count(self, drawn):
        parts = [
            part(size, key, NOW + timedelta(days=day), days=3)
            for size, key, day in drawn
        ]
        one_by_one = [
            sum(
                other.size
                for other in parts[:at]
                if other.key == this.key
                and this.moment - timedelta(days=3) < other.moment <= this.moment
            )
            for at, this in enumerate(parts)
        ]
        self.assertEqual(counted_earlier(parts), one_by_one)
