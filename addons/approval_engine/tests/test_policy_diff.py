from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.approval_engine.policies.policy_diff import (
    ADDED,
    CHANGED,
    REMOVED,
    Change,
    Content,
    Part,
    diff,
)

FINANCE = Part("Finance", {"How Many": "Anybody", "Above": ""})
BOARD = Part("Board", {"How Many": "Everybody"})

texts = st.sampled_from(["", "a", "b"])
values = st.dictionaries(st.sampled_from(["x", "y"]), texts.filter(bool), max_size=2)
parts = st.lists(st.builds(Part, st.sampled_from(["P", "Q", "R"]), values), max_size=4)
contents = st.builds(
    Content,
    values,
    parts,
    st.dictionaries(st.just("Lines"), st.lists(texts, max_size=3), max_size=1),
)


class TestDiff(TestCase):
    def test_table(self):
        for old, new, expected in (
            (Content(), Content(), []),
            (Content({"D": "1"}), Content({"D": "2"}), [Change(CHANGED, "D", "", "1", "2")]),
            (Content({"D": "1"}), Content(), [Change(CHANGED, "D", "", "1", "")]),
            (Content(steps=[FINANCE]), Content(steps=[FINANCE, BOARD]), [Change(ADDED, "", "Board")]),
            (Content(steps=[FINANCE, BOARD]), Content(steps=[BOARD]), [Change(REMOVED, "", "Finance")]),
            (
                Content(steps=[FINANCE]),
                Content(steps=[Part("Finance", {"How Many": "Everybody", "Above": ""})]),
                [Change(CHANGED, "How Many", "Finance", "Anybody", "Everybody")],
            ),
            (
                Content(steps=[FINANCE]),
                Content(steps=[Part("Money", FINANCE.values)]),
                [Change(CHANGED, "", "Money", "Finance", "Money")],
            ),
            (
                Content(lists={"Levels": ["a", "b"]}),
                Content(lists={"Levels": ["b", "c"]}),
                [Change(ADDED, "Levels", new="c"), Change(REMOVED, "Levels", old="a")],
            ),
        ):  # fmt: skip
            with self.subTest(old=old, new=new):
                self.assertEqual(diff(old, new), expected)

    @given(contents, contents)
    def test_nothing_is_said_only_if_both_say_the_same(self, old, new):
        def essence(content):
            return (
                {k: v for k, v in content.values.items() if v},
                sorted((p.name, sorted(p.values.items())) for p in content.steps),
                {k: sorted(v) for k, v in content.lists.items() if v},
            )

        self.assertEqual(not diff(old, new), essence(old) == essence(new))
