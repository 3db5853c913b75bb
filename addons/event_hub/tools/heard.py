"""One message at the door, verified and read, not yet stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..policies.cloudevents import Item


@dataclass(frozen=True)
class Heard:
    source_id: int
    scheme: str  # code of the adapter
    message_id: str
    content_type: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    items: tuple[Item, ...]  # at least one with an event
    batch: bool
    received_at: datetime  # naive UTC
