"""The demo's own clock while it tells what happened before, and the mark that makes it history.

Context variables: no client can set them, no other thread sees them, and they end with
the block. Nothing outside this addon knows of them, so nowhere else can anything be dated back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from unittest.mock import patch

from odoo import fields

Case = tuple[str, int]  # model and id of a record


@dataclass(frozen=True)
class Past:
    """
    :param at: naive UTC; what time it is inside the block, None = now
    :param cases: records something happened to at a moment of their own
    """

    at: datetime | None = None
    cases: Mapping[Case, datetime] = field(default_factory=dict)


_telling: ContextVar[Past | None] = ContextVar("saas_demo_past", default=None)
_now, _today = fields.Datetime.now, fields.Date.today


def current() -> Past | None:
    return _telling.get()


def moment(case: Case | None = None) -> datetime | None:
    """When what happens to `case` is said to happen; None outside of the story."""
    told = _telling.get()
    return told and (told.cases.get(case) or told.at)


@contextmanager
def telling(
    at: datetime | None = None, cases: Mapping[Case, datetime] | None = None
) -> Iterator[None]:
    """Everything written to the ledger inside the block is history: it fires nothing.

    With `at`, Odoo's `Datetime.now` and `Date.today` tell that time to this thread, so that
    what the records keep (submitted, decided, due) is dated by their own code.
    """
    token = _telling.set(Past(at and at.replace(microsecond=0), cases or {}))
    try:
        with (
            patch.object(fields.Datetime, "now", _story_now),
            patch.object(fields.Date, "today", _story_today),
        ):
            yield
    finally:
        _telling.reset(token)


def _story_now(*args: object) -> datetime:
    return moment() or _now(*args)


def _story_today(*args: object) -> date:
    at = moment()
    return at.date() if at else _today(*args)
