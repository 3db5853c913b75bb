import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.support_visibility_livechat.policies.command import Command, parse


@pytest.mark.parametrize(
    ("line", "title", "email"),
    [
        ("/ticket", "", ""),
        ("/ticket   ", "", ""),
        ("/ticket Export fails", "Export fails", ""),
        ("/ticket Export fails Anna@Example.com", "Export fails", "anna@example.com"),
        ("/ticket anna@example.com Export", "Export", "anna@example.com"),
        ("/ticket a@b.io told b@c.io", "a@b.io told", "b@c.io"),
        ("/ticket export @ 50 %", "export @ 50 %", ""),
        ("/ticket\nExport\tfails", "Export fails", ""),
        ("Export fails", "Export fails", ""),
    ],
)
def test_title_and_address_are_told_apart(line, title, email):
    assert parse(line, "/ticket") == Command(title, email)


@given(st.text(max_size=300))
def test_any_line_gives_one_line_without_command(text):
    found = parse("/ticket " + text, "/ticket")
    assert "\n" not in found.title
    assert found.title == found.title.strip()
    assert len(found.title) <= 300
