"""What an engine says about one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    output: dict[str, Any] | None  # None: the engine has no answer, ``error`` says why
    facts: dict[str, Any]  # what it was given
    latency_ms: int
    error: str = ""
