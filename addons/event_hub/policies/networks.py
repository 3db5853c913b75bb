"""Which addresses a source may send from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_NETWORKS = 100


def parse(text: str) -> tuple[Network, ...]:
    """:param text: networks or addresses in CIDR form, with commas or spaces between them
    :raise ValueError: naming what is no network
    """
    return tuple(ipaddress.ip_network(word) for word in _words(text))


def problem(text: str) -> str | None:
    """:return: what is wrong, None if nothing is"""
    words = _words(text)
    if len(words) > MAX_NETWORKS:
        return f"at most {MAX_NETWORKS} networks"
    for word in words:
        try:
            ipaddress.ip_network(word)
        except ValueError as error:
            return str(error)
    return None


def allows(networks: Iterable[Network], address: str | None) -> bool:
    """:param networks: none: any address may send
    :param address: as the server saw it; an IPv4 address in IPv6 form counts as IPv4
    """
    networks = tuple(networks)
    if not networks:
        return True
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in networks if network.version == ip.version)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()
