"""What the code that runs now was caused by.

The trace lives in a context variable: unlike the ORM context, no client can send it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Trace:
    correlation: str  # 32 hex digits
    causation: int | None = None  # id of the event that caused what happens now
    actor_id: int | None = None  # res.users id; None: the system itself
    actor: str = ""  # login, or "system"
    depth: int = 0  # how many events lie between this one and the outside world


@dataclass(frozen=True)
class TraceMap:
    """The traces of the events that one handler call is about.

    A handler gets many events at once; what it emits belongs to the event about the same
    case, else to the last one about the same account, else to ``default``.
    """

    default: Trace | None
    by_case: Mapping[tuple[str, int], Trace] = field(default_factory=dict)
    by_account: Mapping[int, Trace] = field(default_factory=dict)


_EMPTY = TraceMap(default=None)
_current: ContextVar[TraceMap] = ContextVar("event_hub_trace", default=_EMPTY)


def new_correlation() -> str:
    """:return: a fresh correlation id, 32 hex digits"""
    return uuid.uuid4().hex


def current() -> Trace | None:
    """:return: the trace in force, None outside of any"""
    return _current.get().default


def in_force() -> TraceMap:
    """:return: all traces in force, to be used again later in the same transaction"""
    return _current.get()


def find(res_model: str, res_id: int, account_id: int | None) -> Trace | None:
    """:return: the trace that an event about this record and account belongs to"""
    traces = _current.get()
    return (
        traces.by_case.get((res_model, res_id))
        or traces.by_account.get(account_id or 0)
        or traces.default
    )


@contextmanager
def use(trace: Trace | TraceMap | None) -> Iterator[None]:
    """Everything emitted inside the block is caused by ``trace``."""
    traces = trace if isinstance(trace, TraceMap) else TraceMap(default=trace)
    token = _current.set(traces)
    try:
        yield
    finally:
        _current.reset(token)


def caused_by(trace: Trace, event_id: int) -> Trace:
    """:return: ``trace`` one step further from the outside world, caused by ``event_id``"""
    return replace(trace, causation=event_id, depth=trace.depth + 1)
