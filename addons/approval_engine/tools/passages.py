"""Which records the engine itself changes right now: what was approved, and nothing else.

A contextvar, as a client can fill the ORM context but not this.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

EVERY_MODEL = "*"


@dataclass(frozen=True)
class Passage:
    db_name: str
    model: str
    ids: frozenset[int]
    rule: str  # the one rule that judges what comes of it; empty: it was approved as it is
    born_after: int | None = None  # also records with greater ids: they are being born

    def covers(self, id_: int) -> bool:
        born = self.born_after is not None and id_ > self.born_after
        return self.model == EVERY_MODEL or id_ in self.ids or born

    def is_of(self, records) -> bool:
        return self.db_name == records.env.registry.db_name and self.model in (
            EVERY_MODEL,
            records._name,
        )


_open: ContextVar[tuple[Passage, ...]] = ContextVar(
    "approval_engine_passages", default=()
)


@contextmanager
def through(records, rule=""):
    """Let what happens in the block change these records, also where they are governed.

    :param rule: key of the rule that judges the result; the others still hold
    """
    with _with(records, records._name, frozenset(records.ids), rule):
        yield


@contextmanager
def births(model, after):
    """Let records of ``model`` be born, with their lines; what is born is judged when it is there.

    :param after: greatest id there is before
    """
    with _with(model, model._name, frozenset(), "", after):
        yield


@contextmanager
def effect_of(request):
    """Let the effect of an approved request do what it was declared for, to whatever records."""
    with _with(request, EVERY_MODEL, frozenset(), ""):
        yield


@contextmanager
def _with(records, model, ids, rule, born_after=None):
    passage = Passage(records.env.registry.db_name, model, ids, rule, born_after)
    token = _open.set((*_open.get(), passage))
    try:
        yield
    finally:
        _open.reset(token)


def outside(records, rule="", ids: Iterable[int] | None = None):
    """:return: those of ``records`` that nothing lets through

    :param rule: key of the rule that asks; empty: only what was approved as it is counts
    """
    left = set(records.ids if ids is None else ids)
    for passage in _open.get():
        if passage.is_of(records) and passage.rule in ("", rule):
            left = {id_ for id_ in left if not passage.covers(id_)}
    return records.browse(sorted(left))


def is_effect(records) -> bool:
    """:return: whether the effect of an approved request runs"""
    return any(p.model == EVERY_MODEL and p.is_of(records) for p in _open.get())


def is_in_work(model: str, db_name: str, id_: int) -> bool:
    """:return: whether a record is being changed, by trial or as approved"""
    return any(
        p.db_name == db_name and p.model == model and p.covers(id_) for p in _open.get()
    )
