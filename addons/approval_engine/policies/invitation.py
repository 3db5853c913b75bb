"""Links by which somebody from outside decides one request: what they are good for, and until when."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

TOKEN_BYTES = 32  # 256 random bits: nobody finds one by trying
LEAST_HOURS, MOST_HOURS = 1, 720

# states of an invitation
OPEN = "open"
USED = "used"  # the person decided
REVOKED = "revoked"  # taken back, or replaced by a new link
EXPIRED = "expired"
MOOT = "moot"  # decided without them, or no longer asked
STATES = [
    (OPEN, "Waits"),
    (USED, "Decided"),
    (REVOKED, "Taken Back"),
    (EXPIRED, "Expired"),
    (MOOT, "No Longer Needed"),
]


def new_token() -> str:
    """:return: a secret for a URL; it is shown once and never stored"""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """:return: what is stored of a token. It is random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def fits(token: str, stored: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(token), stored or "")


def state(
    ended: str | None, expires_at: datetime, is_asked: bool, now: datetime
) -> str:
    """What an invitation is good for.

    :param ended: ``USED`` or ``REVOKED``, once it was
    :param is_asked: whether the request still waits for this person
    :param now: UTC, as ``expires_at``
    """
    if ended:
        return ended
    if not is_asked:
        return MOOT
    return OPEN if now < expires_at else EXPIRED


def until(now: datetime, hours: int, due_at: datetime | None) -> datetime:
    """:return: when a link given now expires; never after the request is due"""
    wanted = now + timedelta(hours=hours)
    return min(wanted, due_at) if due_at else wanted
