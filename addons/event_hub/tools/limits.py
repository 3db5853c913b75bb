"""Rate limits that live in the server process: no row, no lock between processes."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Hashable

from ..policies.rate import Bucket, take

MAX_KEYS = 10_000  # buckets kept; the least recently used goes first


class Limiter:
    """Token buckets by key, safe between threads."""

    def __init__(self, max_keys: int = MAX_KEYS):
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()
        self._lock = threading.Lock()
        self._max_keys = max_keys

    def take(self, key: Hashable, *, now: float, rate: float, burst: float) -> float:
        """Take one token.

        :param now: seconds of a monotonic clock
        :return: 0 if there was one, else seconds until there is
        """
        with self._lock:
            taken = take(self._buckets.pop(key, None), now=now, rate=rate, burst=burst)
            self._buckets[key] = taken.bucket
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        return taken.retry_after

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()


def address_key(address: str | None) -> str:
    """:return: the address; an IPv6 host owns a /64, so that is what counts"""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    return (
        str(ipaddress.ip_network((ip, 64), strict=False))
        if ip.version == 6
        else str(ip)
    )


messages = Limiter()  # (database, source id)
refusals = Limiter()  # (database, address)
