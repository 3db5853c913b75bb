"""Name an input by its content, so that the same facts can be recognised later."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> str:
    """Write the values that JSON does not know.

    :raises TypeError: for anything else, so that no object is digested by its address
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a digest")


def canonical_json(value: Any) -> str:
    """Write ``value`` in the one form that equal content always takes: sorted keys, no spaces."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_plain,
    )


def input_digest(*, code: str, version: int, facts: Any) -> str:
    """:return: 64 hex digits (SHA-256) over task code, task version and the facts it was given"""
    text = canonical_json({"code": code, "version": version, "facts": facts})
    return hashlib.sha256(text.encode()).hexdigest()
