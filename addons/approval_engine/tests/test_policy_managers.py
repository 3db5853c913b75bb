import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.managers import (
    COVERING,
    LEVELS,
    LINE,
    REACHES,
    Manager,
    asked,
)

LEAD, HEAD, BOSS = (
    Manager(1, limit=100),
    Manager(2, limit=5000),
    Manager(3, limit=50_000),
)
AWAY = Manager(9, able=False, limit=1e9)


class TestManagers(unittest.TestCase):
    def test_who_is_asked(self):
        cases = [
            # line, reach, levels, amount, asked
            ([LEAD, HEAD, BOSS], LEVELS, 1, 0, [1]),
            ([LEAD, HEAD, BOSS], LEVELS, 2, 9e9, [1, 2]),
            ([LEAD, HEAD, BOSS], LEVELS, 5, 0, [1, 2, 3]),
            ([AWAY, HEAD, BOSS], LEVELS, 1, 0, [2]),
            ([], LEVELS, 1, 0, []),
            ([LEAD, HEAD, BOSS], COVERING, 0, 100, [1]),
            ([LEAD, HEAD, BOSS], COVERING, 0, 100.01, [2]),
            ([LEAD, HEAD, BOSS], COVERING, 0, 5000, [2]),
            ([LEAD, HEAD, BOSS], COVERING, 0, 50_001, []),
            ([LEAD, AWAY, BOSS], COVERING, 0, 5000, [3]),
            ([LEAD, HEAD, BOSS], LINE, 0, 40_000, [1, 2, 3]),
            ([LEAD, AWAY, BOSS], LINE, 0, 5000, [1, 3]),
            ([LEAD, HEAD, BOSS], LINE, 0, 1e9, []),
        ]
        for line, reach, levels, amount, expected in cases:
            with self.subTest(reach=reach, levels=levels, amount=amount):
                self.assertEqual(
                    asked(line, reach, levels=levels, amount=amount), expected
                )

    @given(
        st.lists(
            st.builds(Manager, st.integers(1, 99), st.booleans(), st.floats(0, 1e6)),
            max_size=8,
            unique_by=lambda manager: manager.user_id,
        ),
        st.sampled_from([reach for reach, _label in REACHES]),
        st.integers(1, 5),
        st.floats(0, 1e6),
    )
    def test_nobody_unable_is_asked_and_a_limit_is_never_exceeded(
        self, line, reach, levels, amount
    ):
        known = {manager.user_id: manager for manager in line}
        found = [known[id_] for id_ in asked(line, reach, levels=levels, amount=amount)]
        self.assertTrue(all(manager.able for manager in found))
        self.assertEqual(found, sorted(found, key=line.index), "from the nearest up")
        if found and reach != LEVELS:
            self.assertGreaterEqual(found[-1].limit, amount)
