"""What counts towards the amount of cases that are only played through, and who was asked in those before.

A context variable of this process: no argument, context key or call from outside reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar


class Given:
    """Seats given so far, over all slices of a run; as JSON in between."""

    def __init__(self, told: Mapping[str, object] | None = None):
        told = told or {}
        self.load = _ids(told.get("load"))
        self.turns = {int(k): _ids(v) for k, v in dict(told.get("turns") or {}).items()}
        self.count = int(told.get("count") or 0)

    def as_json(self):
        return {"load": self.load, "turns": self.turns, "count": self.count}


def _ids(told):
    return {int(key): value for key, value in dict(told or {}).items()}


_given: ContextVar[Given | None] = ContextVar("approval_engine_given", default=None)
_counted: ContextVar[Mapping[object, float] | None] = ContextVar(
    "approval_engine_simulated", default=None
)


@contextmanager
def counting(
    counted: Mapping[object, float], given: Given | None = None
) -> Iterator[None]:
    """:param counted: {id of a case in memory only: what was asked before, in the currency of its company}
    :param given: seats of the slices before; those of this one are added
    """
    token, seats = _counted.set(counted), _given.set(given)
    try:
        yield
    finally:
        _counted.reset(token)
        _given.reset(seats)


def given() -> Given:
    """:return: seats given before this batch; none, where nothing is played through"""
    return _given.get() or Given()


def counted(case_id: object) -> float | None:
    """:return: None: this is no case that is played through"""
    return (_counted.get() or {}).get(case_id)
