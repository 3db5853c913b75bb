import base64

import pytest

from odoo.addons.event_hub.policies import shared_secret

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    "secret,standard,says",
    [
        ("x" * 16, False, None),
        ("whsec_" + KEY, True, None),
        ("whpk_" + KEY, True, None),
        ("x" * 15, False, "16 to 1024"),
        ("", False, "16 to 1024"),
        ("x" * 1025, False, "16 to 1024"),
        (" " + "x" * 16, False, "around it"),
        ("x" * 16 + "\n", False, "around it"),
        ("x" * 8 + "\x00" + "x" * 8, False, "printed"),
        ("whsec_not base64 at all", True, "whsec_ and base64"),
        ("whsec_not_base64_at_all", False, None),
        ("whpk_" + KEY[:20], False, "32 bytes"),
    ],
)
def test_a_secret_is_judged_without_repeating_it(secret, standard, says):
    problem = shared_secret.problem(secret, standard=standard)
    assert (problem is None) if says is None else says in problem
    assert not problem or not secret.strip() or secret not in problem


@pytest.mark.parametrize(
    "origin,name,good",
    [
        ("environment", "BILLING", True),
        ("environment", "BILLING_2", True),
        ("environment", "billing", False),
        ("environment", "", False),
        ("environment", "A=B", False),
        ("file", "billing.secret", True),
        ("file", "../passwd", False),
        ("file", "a/b", False),
        ("file", ".hidden", False),
        ("file", "", False),
        ("file", "a\x00", False),
    ],
)
def test_a_place_is_a_plain_name(origin, name, good):
    assert (shared_secret.place_problem(origin, name) is None) is good


@pytest.mark.parametrize(
    "text,live",
    [
        ("", []),
        ("a\n", ["a"]),
        (" a \r\n\nb\nc", ["a", "b"]),
    ],
)
def test_two_lines_are_live(text, live):
    assert shared_secret.live_of(text) == live
