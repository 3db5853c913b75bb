"""Have we heard this before?"""

from __future__ import annotations

import hashlib
from typing import Literal

Verdict = Literal["new", "duplicate", "conflict"]


def body_digest(body: bytes) -> str:
    """:return: SHA-256 of the raw body, hex; the raw bytes count, not their meaning"""
    return hashlib.sha256(body).hexdigest()


def decide_identity(known_digest: str | None, digest: str) -> Verdict:
    """:param known_digest: of the message stored under the same id, None if there is none"""
    if known_digest is None:
        return "new"
    return "duplicate" if known_digest == digest else "conflict"
