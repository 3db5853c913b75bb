import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.bars import (
    ACCOUNT_OWNER,
    BENEFICIARY,
    CREATOR,
    Facts,
    barred,
)
from odoo.addons.approval_engine.policies.conditions import (
    BadConditionError,
    leaves,
    parse,
)


class TestConditions(unittest.TestCase):
    def test_values_are_read(self):
        cases = [
            ("[]", []),
            ("[('amount', '>', 5)]", [("amount", ">", 5)]),
            (
                "['|', ('a', '=', 1), ('b.c', 'in', [1, 2])]",
                ["|", ("a", "=", 1), ("b.c", "in", [1, 2])],
            ),
            ("['!', ('a', '=', False)]", ["!", ("a", "=", False)]),
            ("[('a', 'any', [('b', '=', 1)])]", [("a", "any", [("b", "=", 1)])]),
        ]
        for text, expected in cases:
            with self.subTest(text=text):
                self.assertEqual(parse(text), expected)

    def test_what_is_no_list_of_comparisons_is_refused(self):
        cases = [
            ("[('amount', '>', uid)]", "syntax"),
            ("[('a', '=', env['res.users'])]", "syntax"),
            ("[('a', '=', (lambda: 1)())]", "syntax"),
            ("__import__('os')", "syntax"),
            ("[('a', '=', [].__class__)]", "syntax"),
            ("[(", "syntax"),
            ("", "syntax"),
            ("[" * 900 + "]" * 900, "syntax"),
            ("{'a': 1}", "shape"),
            ("'text'", "shape"),
            ("['&', ('a', '=', 1)]", "shape"),
            ("['x', ('a', '=', 1)]", "shape"),
            ("[('a', '=')]", "shape"),
            ("[(1, '=', 1)]", "shape"),
            ("[('a b', '=', 1)]", "shape"),
            ("[('a', 'any!', [])]", "operator"),
            ("[('a', '=?', 1)]", "operator"),
            ("[('a', [], 1)]", "operator"),
            ("[('a', 'any', [('b', 'any!', [])])]", "operator"),
            ("[('a.b.c.d.e', '=', 1)]", "deep"),
            ("[('a', '=', '%s')]" % ("x" * 3000), "long"),
        ]
        for text, code in cases:
            with self.subTest(text=text[:60]):
                with self.assertRaises(BadConditionError) as caught:
                    parse(text)
                self.assertEqual(caught.exception.args[0], code)

    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused(self, text):
        try:
            found = list(leaves(parse(text)))
        except BadConditionError:
            return
        self.assertIsInstance(found, list)


class TestBars(unittest.TestCase):
    def test_each_bar_by_itself_and_the_first_reason_counts(self):
        facts = Facts(frozenset({1, 2}), frozenset({2, 3}), frozenset({3, 4}))
        cases = [  # beneficiary, account owner, creator, barred
            (0, 0, 0, {}),
            (1, 0, 0, {1: BENEFICIARY, 2: BENEFICIARY}),
            (0, 1, 0, {2: ACCOUNT_OWNER, 3: ACCOUNT_OWNER}),
            (0, 0, 1, {3: CREATOR, 4: CREATOR}),
            (
                1,
                1,
                1,
                {1: BENEFICIARY, 2: BENEFICIARY, 3: ACCOUNT_OWNER, 4: CREATOR},
            ),
        ]
        for gains, owns, made, expected in cases:
            with self.subTest(gains=gains, owns=owns, made=made):
                found = barred(
                    facts, beneficiary=gains, account_owner=owns, creator=made
                )
                self.assertEqual(found, expected)
