"""What is written meanwhile happened before: it feeds ledger and figures and fires nothing.

A context variable: unlike the ORM context, no client can send it, and it ends with the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_telling: ContextVar[bool] = ContextVar("event_hub_history", default=False)


def is_told() -> bool:
    return _telling.get()


@contextmanager
def telling(past: bool = True) -> Iterator[None]:
    """Every event emitted inside the block is history, or none is."""
    token = _telling.set(past)
    try:
        yield
    finally:
        _telling.reset(token)
