"""What a subject model learns about an event that came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from odoo.models import BaseModel


@dataclass(frozen=True)
class Incoming:
    type: str
    data: dict[str, Any]  # already checked against the schema of the type
    account: BaseModel  # res.partner, the commercial one; empty if the type needs none
    company: BaseModel  # res.company of the source
    source: BaseModel  # event_hub.source
    occurred_at: datetime  # naive UTC, microseconds
    correlation: str  # 32 hex digits
    ce_source: str
    ce_id: str
