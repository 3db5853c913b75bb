import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import networks


@pytest.mark.parametrize(
    "text,address,allowed",
    [
        ("", "203.0.113.9", True),
        (" , ", None, True),
        ("203.0.113.0/24", "203.0.113.9", True),
        ("203.0.113.0/24", "203.0.114.9", False),
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.0/24", "::ffff:203.0.113.9", True),
        ("203.0.113.0/24", "2001:db8::1", False),
        ("203.0.113.0/24, 2001:db8::/32", "2001:db8::1", True),
        ("203.0.113.0/24", "", False),
        ("203.0.113.0/24", None, False),
        ("0.0.0.0/0", "not an address", False),
    ],
)
def test_only_listed_networks_may_send(text, address, allowed):
    assert networks.allows(networks.parse(text), address) is allowed


@pytest.mark.parametrize(
    "text,says",
    [
        ("203.0.113.0/33", "203.0.113.0/33"),
        ("203.0.113.9/24", "host bits"),
        ("example.com", "example.com"),
        ("10.0.0.1 " * 101, "at most 100"),
    ],
)
def test_what_is_no_network_is_named(text, says):
    assert says in networks.problem(text)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=30))
def test_any_text_is_networks_or_has_a_problem(text):
    if networks.problem(text) is None:
        networks.parse(text)
