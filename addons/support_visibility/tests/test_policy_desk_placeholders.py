import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility.policies.desk.placeholders import (
    PLACEHOLDERS,
    filled,
    missing,
    unknown,
    used,
)

VALUES = {"customer": "Anna", "ticket": "TCK-000007", "title": ""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {{customer}}, about {{ticket}}", "Dear Anna, about TCK-000007"),
        ("{{ customer }}", "Anna"),
        ("{{customer}} {{customer}}", "Anna Anna"),
        ("{customer} {{{customer}}}", "{customer} {Anna}"),
        ("no braces", "no braces"),
        ("{{title}} {{account}}", "{{title}} {{account}}"),
        ("{{customer.name}} {{1+1}}", "{{customer.name}} {{1+1}}"),
        ("", ""),
    ],
)
def test_placeholders_are_replaced_and_nothing_else(text, expected):
    assert filled(text, VALUES) == expected


def test_a_value_that_looks_like_a_placeholder_is_only_text():
    values = {"customer": "{{ticket}}", "ticket": "TCK-1"}
    assert filled("{{customer}} {{ticket}}", values) == "{{ticket}} TCK-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{customer}} {{due}}", []),
        ("{{password}}", ["password"]),
        (
            "{{ object.sudo().unlink() }} {{Customer}}",
            ["object.sudo().unlink()", "Customer"],
        ),
        ("{{}}", [""]),
        ("{{customer\n}}", []),
        ("{{a}}{{a}}", ["a"]),
    ],
)
def test_what_is_no_placeholder_is_told(text, expected):
    assert unknown(text) == expected


def test_what_has_no_value_is_told():
    assert used("{{title}} {{ticket}} {{title}}") == ["title", "ticket"]
    assert missing("{{title}} {{ticket}} {{account}}", VALUES) == ["title", "account"]


@given(
    st.text(alphabet="{} abcu\n"),
    st.dictionaries(st.sampled_from(list(PLACEHOLDERS)), st.text()),
)
def test_whatever_is_written_nothing_breaks_and_no_value_is_read_again(text, values):
    assert filled(text, {}) == text
    filled(text, values)
    assert set(missing(text, values)) <= set(used(text)) <= set(PLACEHOLDERS)
