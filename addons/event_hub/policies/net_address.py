"""Which network addresses a delivery may reach.

A receiver is named by whoever administers endpoints; the server stands inside a network
that person may not see. So only globally routable addresses are reached, whatever the
name resolves to, except ``HOST:PORT`` pairs the operator listed in odoo.conf.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

SETTING = "[event_hub] allow_hosts"
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL_LENGTH = 2048  # characters
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ranges that the standard library calls global, or did in one of its releases, but that lead
# inwards: shared address space, NAT64 and 6to4 (both carry any IPv4 address), Teredo,
# unique local, site local (deprecated), discard, benchmarking and documentation.
_INNER = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fec0::/10",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str  # lower case, IPv6 without brackets
    port: int
    path: str  # path and query, at least "/"

    @property
    def key(self) -> str:
        """``HOST:PORT`` as it is written in the setting."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class BadTarget(ValueError):
    """The URL cannot be a receiver. ``code``: see :func:`parse_target`."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def parse_target(url: str) -> Target:
    """:raise BadTarget: with code too_long, characters, scheme, userinfo, host or port"""
    if len(url) > MAX_URL_LENGTH:
        raise BadTarget("too_long")
    if any(ord(char) <= 32 or ord(char) == 127 or char == "\\" for char in url):
        raise BadTarget("characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTarget("port") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise BadTarget("scheme")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("userinfo")
    if not _is_host(parts.hostname or ""):
        raise BadTarget("host")
    if port == 0:
        raise BadTarget("port")
    host = parts.hostname or ""
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = quote(parts.query, safe=_PATH_SAFE + "?")
    return Target(
        scheme=parts.scheme,
        host=host.rstrip("."),
        port=port or DEFAULT_PORTS[parts.scheme],
        path=f"{path}?{query}" if query else path,
    )


def _is_host(host: str) -> bool:
    """Whether the name can be looked up at all: no empty label, none over 63 bytes, as DNS has it."""
    if not host or "%" in host:
        return False
    try:
        host.rstrip(".").encode("idna")
    except UnicodeError:
        return False
    return bool(host.rstrip("."))


def parse_allow_hosts(text: str) -> frozenset[str]:
    """``"hooks.lan:8443, 127.0.0.1:9000 [::1]:80"`` as a set of ``HOST:PORT``; junk is left out."""
    entries = (entry.strip().lower() for entry in text.replace(",", " ").split())
    return frozenset(entry for entry in entries if _is_host_port(entry))


def _is_host_port(entry: str) -> bool:
    host, _, port = entry.rpartition(":")
    return bool(host) and port.isdigit() and 0 < int(port) < 65536


def literal_address(host: str) -> Address | None:
    """The address a host name spells out, also as ``127.1``, ``0x7f000001`` or ``2130706433``."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    try:
        return ipaddress.ip_address(socket.inet_aton(host))  # parses only, asks nobody
    except (OSError, UnicodeEncodeError):
        return None


def is_global(address: Address) -> bool:
    """Whether packets to this address leave for the public internet, and nothing else."""
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped
        if embedded is None and int(address) >> 32 == 0:  # ::a.b.c.d, deprecated
            embedded = ipaddress.IPv4Address(int(address))
        if embedded is not None:
            return is_global(embedded)
        if address.scope_id:
            return False
    if any(address in net for net in _INNER if net.version == address.version):
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not address.is_loopback
        and not address.is_link_local
    )


def refusal(
    target: Target, addresses: Iterable[str], allow_hosts: frozenset[str]
) -> str | None:
    """Why this receiver is not reached, None if it may be.

    :param addresses: everything its name resolved to; one inner address among them refuses all
    :return: the first address that is not allowed, as text
    """
    if target.key in allow_hosts:
        return None
    for text in addresses:
        address = literal_address(text)
        if address is None or not is_global(address):
            return text
    return None


def literal_refusal(target: Target, allow_hosts: frozenset[str]) -> str | None:
    """As :func:`refusal`, for what can be told from the URL alone, before any name is resolved."""
    if target.host == "localhost" or target.host.endswith(".localhost"):
        return refusal(target, ["127.0.0.1"], allow_hosts)
    address = literal_address(target.host)
    return refusal(target, [str(address)], allow_hosts) if address else None
