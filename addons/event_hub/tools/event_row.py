"""One row for the ledger, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ObjectRow:
    """A further record that an event touches."""

    role: str
    res_model: str
    res_id: int


@dataclass(frozen=True)
class EventRow:
    type: str
    correlation: str  # 32 hex digits
    occurred_at: datetime  # naive UTC, microseconds
    company_id: int | None = None
    case_type: str = ""
    case_model: str | None = None
    case_id: int | None = None
    activity: str = ""  # defaults to the type
    account_id: int | None = None
    actor: str = ""
    actor_id: int | None = None
    causation: int | None = None
    depth: int = 0
    automation_id: int | None = None  # the rule that did it
    attributes: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None
    source_id: int | None = None
    ce_source: str | None = None
    ce_id: str | None = None
    history: bool = (
        False  # imported past: feeds ledger and figures, never fires anything
    )
    objects: tuple[ObjectRow, ...] = ()
