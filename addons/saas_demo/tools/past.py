"""Marks what the ledger gets as history while the demo tells what happened before.

A context variable: no client can set it, and it ends with the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Past:
    """:param at: naive UTC; when events without a cause are said to have happened, None = now"""

    at: datetime | None = None


_telling: ContextVar[Past | None] = ContextVar("saas_demo_past", default=None)


def current() -> Past | None:
    return _telling.get()


@contextmanager
def telling(at: datetime | None = None) -> Iterator[None]:
    """Everything written to the ledger inside the block is history: it fires nothing."""
    token = _telling.set(Past(at))
    try:
        yield
    finally:
        _telling.reset(token)
