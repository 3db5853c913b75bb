"""Which rule is being carried out right now, and for which events.

Kept in a context variable: no client can send it, so an action of an event rule can tell
a run of its rule from a call by anyone else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Reaction:
    rule_id: int
    event_ids: tuple[int, ...]


_current: ContextVar[Reaction | None] = ContextVar("event_hub_reaction", default=None)


def current() -> Reaction | None:
    """:return: the reaction in progress, None outside of any"""
    return _current.get()


@contextmanager
def use(reaction: Reaction) -> Iterator[None]:
    """Everything run inside the block is part of ``reaction``."""
    token = _current.set(reaction)
    try:
        yield
    finally:
        _current.reset(token)
