"""Keeps an answer for a few seconds: many scrapes, one round of queries."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any


class ShortCache:
    """One entry per key and server process; entries are few (one per database)."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._lock = threading.Lock()
        self._entries: dict[Hashable, tuple[float, Any]] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """:return: what ``make`` gave at most ``seconds`` ago"""
        now = time.monotonic()
        with self._lock:
            until, value = self._entries.get(key, (0.0, None))
        if until > now:
            return value
        value = make()
        with self._lock:
            self._entries[key] = now + self.seconds, value
        return value

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
