import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import erasure
from odoo.addons.event_hub.policies.erasure import ERASED

ANN = erasure.terms(["Ann  Lee", "ann@lee.example", None, "", "Ann", "x"])


def test_terms_are_cleaned_and_the_longest_comes_first():
    assert ANN == ("ann@lee.example", "Ann Lee", "Ann")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call ann  LEE now", f"Call {ERASED} now"),
        ("Annual report of Hannah", "Annual report of Hannah"),
        ("Ann, ann@lee.example", f"{ERASED}, {ERASED}"),
        ("<ANN@LEE.EXAMPLE>", f"<{ERASED}>"),
        ("", ""),
    ],
)
def test_whole_words_go_and_others_stay(text, left):
    assert erasure.redact_text(text, erasure.pattern(ANN)) == left


def test_without_terms_nothing_goes():
    assert erasure.pattern(()) is None
    assert erasure.redact({"a": "Ann"}, None, about=False) == {"a": "Ann"}


def test_figures_codes_and_shape_stay():
    data = {
        "invoice": "INV-7",
        "amount": 12.5,
        "paid": True,
        "none": None,
        "email": "somebody@else.example",
        "who": ["Ann Lee", {"Title": "My cat", "city": "Ulm"}],
    }
    found = erasure.pattern(ANN)
    assert erasure.redact(data, found, about=True) == {
        **data,
        "email": ERASED,
        "who": [ERASED, {"Title": ERASED, "city": "Ulm"}],
    }
    assert erasure.redact(data, found, about=False) == {
        **data,
        "who": [ERASED, {"Title": "My cat", "city": "Ulm"}],
    }


def test_names_are_found_as_senders_escape_them():
    assert erasure.written(["Ann Lee"]) == ("Ann Lee",)
    assert set(erasure.written(["Zoë"])) == {
        *("Zoë", "Zo\\u00eb", "zoë", "zo\\u00eb", "ZOË", "ZO\\u00cb"),
    }
    assert erasure.like("100%_a\\") == "%100\\%\\_a\\\\%"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_nothing_is_left_to_find_and_a_second_time_changes_nothing(value):
    found = erasure.pattern(["Ann Lee"])
    once = erasure.redact(value, found, about=True)
    assert not found.search(json.dumps(once, ensure_ascii=False))
    assert erasure.redact(once, found, about=True) == once
