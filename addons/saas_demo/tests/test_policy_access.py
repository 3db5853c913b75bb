import pytest

from odoo.addons.saas_demo.policies import access


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("", False),
        (None, False),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("2130706433", False),
        ("demo", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(address, loopback):
    assert access.is_loopback(address) is loopback


OPEN = {
    "enabled": True,
    "interface": "127.0.0.1",
    "remote": "127.0.0.1",
    "host": "127.0.0.1:8069",
    "headers": ["Host"],
}


def test_the_demo_is_open_on_this_machine():
    assert access.open_to(**OPEN)


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False},
        {"interface": "0.0.0.0"},
        {"interface": ""},
        {"interface": None},
        {"remote": "192.168.1.7"},
        {"remote": None},
        {"host": "demo.example:8069"},
        {"host": "rebound.example"},
        {"host": ""},
        {"headers": ["Host", "X-Forwarded-For"]},
        {"headers": ["x-real-ip"]},
        {"headers": ["Forwarded"]},
    ],
    ids=str,
)
def test_one_thing_amiss_closes_the_demo(change):
    assert not access.open_to(**{**OPEN, **change})


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "[::1]", "[::1]:8069", "127.0.0.1"]
)
def test_every_spelling_of_this_host_is_welcome(host):
    assert access.open_to(**{**OPEN, "host": host})


def test_a_server_bound_elsewhere_holds_no_demo():
    assert access.bound_here(enabled=True, interface="::1")
    assert not access.bound_here(enabled=True, interface="10.0.0.2")
    assert not access.bound_here(enabled=False, interface="127.0.0.1")
