"""Calls a source's address on this very server, as a sender would: by name, over HTTP, through any proxy.

Inner addresses are refused as for deliveries (``http_sender``), but for those of this machine on
a port that this server, or a proxy before it, may have.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping

from odoo.tools import config

from ..policies import net_address
from . import http_sender, settings

PROXY_PORTS = frozenset({80, 443})


def call(url: str, headers: Mapping[str, str], body: bytes) -> http_sender.Reply:
    """Post once.

    :raise net_address.BadTarget: if ``url`` cannot be called
    """
    target = net_address.parse_target(url)
    own = frozenset({target.key}) if is_own(target) else frozenset()
    allowed = settings.allow_hosts() | own
    return http_sender.send(
        http_sender.Post(target, body, dict(headers), allow_hosts=allowed)
    )


def is_own(target: net_address.Target) -> bool:
    """Whether every address of ``target`` is one of this machine, on a port that may lead to this server."""
    if target.port not in PROXY_PORTS | {config["http_port"]}:
        return False
    with contextlib.suppress(OSError):
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        return all(_is_of_this_machine(entry[0], entry[4]) for entry in found)
    return False


def _is_of_this_machine(family: int, address: tuple) -> bool:
    """Only an address of this machine can be bound here."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((address[0], 0, *address[2:]))
    except OSError:
        return False
    return True
