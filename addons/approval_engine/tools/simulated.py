"""What counts towards the amount of cases that are only played through.

A context variable of this process: no argument, context key or call from outside reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_counted: ContextVar[Mapping[object, float] | None] = ContextVar(
    "approval_engine_simulated", default=None
)


@contextmanager
def counting(counted: Mapping[object, float]) -> Iterator[None]:
    """:param counted: {id of a case in memory only: what was asked before, in the currency of its company}"""
    token = _counted.set(counted)
    try:
        yield
    finally:
        _counted.reset(token)


def counted(case_id: object) -> float | None:
    """:return: None: this is no case that is played through"""
    return (_counted.get() or {}).get(case_id)
