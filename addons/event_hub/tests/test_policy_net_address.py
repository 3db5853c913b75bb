"""Which addresses a delivery may reach: the whole class, in every spelling."""

import ipaddress

import pytest

from odoo.addons.event_hub.policies import net_address as net

INNER = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.9.9",
    "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "ff0e::1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "2001::1", "100::1", "3fff::1",
]  # fmt: skip
OUTER = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("text", INNER)
def test_inner_addresses_are_not_global(text):
    assert not net.is_global(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", [*OUTER, "::ffff:8.8.8.8"])
def test_public_addresses_are_global(text):
    assert net.is_global(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0",
        "127.0.0.1",
        "::1",
    ],
)
def test_every_spelling_of_loopback_is_recognised_without_asking_a_resolver(host):
    address = net.literal_address(host)
    assert address is not None and not net.is_global(address)


@pytest.mark.parametrize(
    "host",
    ["example.com", "a.b.c.d", "10.example", "", "xn--bcher-kva.example", "bücher"],
)
def test_names_are_no_literal_addresses(host):
    assert net.literal_address(host) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://Hooks.Example.com/a?b=1#c",
            net.Target("https", "hooks.example.com", 443, "/a?b=1"),
        ),
        ("http://example.com", net.Target("http", "example.com", 80, "/")),
        ("http://[::1]:8080/x", net.Target("http", "::1", 8080, "/x")),
        (
            "https://example.com/grün?a=ß",
            net.Target("https", "example.com", 443, "/gr%C3%BCn?a=%C3%9F"),
        ),
        ("https://example.com./", net.Target("https", "example.com", 443, "/")),
    ],
)
def test_a_url_is_taken_apart(url, expected):
    assert net.parse_target(url) == expected


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com", "scheme"), ("file:///etc/passwd", "scheme"), ("example.com/x", "scheme"), ("", "scheme"),
        ("https://user:pw@example.com", "userinfo"), ("https://@example.com", "userinfo"),
        ("https:///path", "host"), ("https://a..b", "host"), ("https://.", "host"),
        ("https://" + "a" * 64 + ".de", "host"),
        ("https://exa%6dple.com", "host"), ("https://[fe80::1%25eth0]/", "host"),
        ("https://example.com:99999", "port"), ("https://example.com:0", "port"), ("https://example.com:x", "port"),
        ("https://exa mple.com", "characters"), ("https://example.com/\r\nx: y", "characters"),
        ("https://example.com\\@10.0.0.1/", "characters"), ("https://e.com/" + "a" * 3000, "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_receiver_is_refused_with_a_code(url, code):
    with pytest.raises(net.BadTarget) as caught:
        net.parse_target(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("127.0.0.1:9000", {"127.0.0.1:9000"}),
        (
            "Hooks.LAN:8443,127.0.0.1:9000 [::1]:80",
            {"hooks.lan:8443", "127.0.0.1:9000", "[::1]:80"},
        ),
        ("nohost, :80, host:, host:0, host:70000, host:a", set()),
    ],
)
def test_the_setting_is_read_leniently_and_junk_allows_nothing(text, expected):
    assert net.parse_allow_hosts(text) == expected


def _target(url):
    return net.parse_target(url)


@pytest.mark.parametrize(
    ("url", "addresses", "allowed", "expected"),
    [
        ("https://example.com", ["93.184.216.34"], set(), None),
        ("https://example.com", ["93.184.216.34", "10.0.0.1"], set(), "10.0.0.1"),
        (
            "https://example.com",
            ["93.184.216.34", "::ffff:10.0.0.1"],
            set(),
            "::ffff:10.0.0.1",
        ),
        ("http://localhost:9000", ["127.0.0.1"], {"localhost:9000"}, None),
        ("http://localhost:9001", ["127.0.0.1"], {"localhost:9000"}, "127.0.0.1"),
        ("http://localhost:9000", ["127.0.0.1"], {"127.0.0.1:9000"}, "127.0.0.1"),
        ("http://[::1]:9000", ["::1"], {"[::1]:9000"}, None),
        ("https://example.com", ["nonsense"], set(), "nonsense"),
    ],
)
def test_one_inner_address_refuses_unless_the_operator_listed_host_and_port(
    url, addresses, allowed, expected
):
    assert net.refusal(_target(url), addresses, frozenset(allowed)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:9000", "127.0.0.1"),
        ("http://a.localhost", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
        ("https://example.com", None),
        ("https://8.8.8.8", None),
    ],
)
def test_a_literal_inner_address_is_told_at_once(url, expected):
    refused = net.literal_refusal(_target(url), frozenset())
    assert (refused and ipaddress.ip_address(refused)) == (
        expected and ipaddress.ip_address(expected)
    )
