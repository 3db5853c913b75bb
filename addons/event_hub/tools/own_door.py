"""Calls a source's address on this very server, as a sender would: by name, over HTTP, through any proxy.

Inner addresses are refused as for deliveries (``http_sender``), but for those of this machine on
a port that this server, or a proxy before it, may have. The name is resolved once: the socket
connects to the very addresses that were judged.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping

import psutil

from odoo.tools import config

from ..policies import net_address
from . import http_sender, settings

PROXY_PORTS = frozenset({80, 443})
SECONDS = 5  # a person waits, and this server has to answer itself beside other work


def call(url: str, headers: Mapping[str, str], body: bytes) -> http_sender.Reply:
    """Post once.

    :raise net_address.BadTarget: if ``url`` cannot be called
    """
    target = net_address.parse_target(url)
    post = http_sender.Post(
        target,
        body,
        dict(headers),
        allow_hosts=settings.allow_hosts(),
        judged=own_addresses(target),
        seconds=SECONDS,
    )
    return http_sender.send(post)


def own_addresses(target: net_address.Target) -> tuple[tuple, ...]:
    """:return: entries of ``getaddrinfo``; none unless all are of this machine, on a port that may be this server's"""
    if target.port not in PROXY_PORTS | {config["http_port"]}:
        return ()
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError:
        return ()  # the try itself tells
    own = _of_this_machine()
    judged = [entry for entry in found if _plain(entry[4][0]) in own]
    return tuple(found) if len(judged) == len(found) else ()


def _of_this_machine() -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """:return: addresses of its network interfaces"""
    return {
        _plain(address.address)
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family in (socket.AF_INET, socket.AF_INET6)
    }


def _plain(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text.partition("%")[0])  # without the interface
