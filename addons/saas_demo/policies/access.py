"""When the demo's routes exist: on this machine only, and only where it was asked for."""

import ipaddress
from collections.abc import Iterable

#: headers that a proxy adds; behind one, "from loopback" says nothing about the reader
PROXY_HEADERS = frozenset(
    {
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
    }
)


def is_loopback(address: str | None) -> bool:
    """Whether a host name or address (no port) can only mean this machine.

    Unknown names and the empty "all interfaces" are not loopback.
    """
    if not address:
        return False
    name = address.strip("[]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> host_name("127.0.0.1:8069"), host_name("[::1]:8069"), host_name("localhost")
    ('127.0.0.1', '[::1]', 'localhost')
    """
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def bound_here(*, enabled: bool, interface: str | None) -> bool:
    """Whether this server may hold a demo at all."""
    return enabled and is_loopback(interface)


def open_to(
    *,
    enabled: bool,
    interface: str | None,
    remote: str | None,
    host: str,
    headers: Iterable[str],
) -> bool:
    """Whether a request may see that the demo's routes exist.

    :param interface: the address the server is bound to
    :param remote: the address the request comes from
    :param host: its Host header; a foreign name would be DNS rebinding
    :param headers: the names of its headers
    """
    return (
        bound_here(enabled=enabled, interface=interface)
        and is_loopback(remote)
        and is_loopback(host_name(host))
        and not PROXY_HEADERS.intersection(name.lower() for name in headers)
    )
