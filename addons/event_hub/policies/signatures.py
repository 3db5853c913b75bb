"""Is a request signed by someone who knows a live secret, and is it fresh?

Sources: Standard Webhooks 1.0 (HMAC-SHA256 over ``id.timestamp.body``, base64) and
Stripe's "Verify webhook signatures manually" (HMAC-SHA256 over ``timestamp.body``, hex).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

TOLERANCE_SECONDS = 300  # both ways, as both schemes recommend
MAX_SIGNATURES = (
    16  # of one request; more is no rotation but an attempt to keep us busy
)
MAX_MESSAGE_ID = 256  # characters
SECRET_PREFIX = "whsec_"

Scheme = Literal["standard", "stripe"]
Code = Literal["ok", "bad_signature", "stale"]

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Verdict:
    code: Code
    detail: str = ""
    message_id: str | None = None  # Standard Webhooks only; Stripe's is in the body

    @property
    def ok(self) -> bool:
        return self.code == "ok"


def choose_scheme(
    headers: Mapping[str, str], *, standard: bool, stripe: bool
) -> Scheme | None:
    """Pick the scheme whose signature header is there, among those the source allows.

    :param headers: lower-case names
    :return: None if no allowed scheme has its header
    """
    if standard and "webhook-signature" in headers:
        return "standard"
    if stripe and "stripe-signature" in headers:
        return "stripe"
    return None


def verify(
    scheme: Scheme | None,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    *,
    now: float,
) -> Verdict:
    """Check one request.

    :param headers: lower-case names
    :param secrets: every live secret; any of them may have signed
    :param now: seconds since the epoch
    """
    if scheme == "standard":
        return verify_standard(headers, body, secrets, now=now)
    if scheme == "stripe":
        return verify_stripe(headers, body, secrets, now=now)
    return _bad("No signature header that this source accepts.")


def verify_standard(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: float
) -> Verdict:
    """Check ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > MAX_MESSAGE_ID:
        return _bad(
            f"The header webhook-id must hold 1 to {MAX_MESSAGE_ID} characters."
        )
    if not _TIMESTAMP.fullmatch(timestamp):
        return _bad("The header webhook-timestamp must be seconds since the epoch.")
    given = [
        part[3:]
        for part in headers.get("webhook-signature", "").split()
        if part.startswith("v1,")
    ]
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogateescape") + body
    expected = [
        base64.b64encode(_digest(key, signed))
        for key in map(standard_key, secrets)
        if key
    ]
    if not _any_equal(given, expected):
        return _bad(
            "No signature in webhook-signature fits the body and the secret of this source."
        )
    return _fresh(int(timestamp), now, message_id)


def verify_stripe(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: float
) -> Verdict:
    """Check ``stripe-signature``: ``t=<seconds>,v1=<hex>[,v1=<hex>…]``."""
    pairs = [
        part.strip().partition("=")
        for part in headers.get("stripe-signature", "").split(",")
    ]
    timestamps = [value for name, _, value in pairs if name == "t"]
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        return _bad(
            "The header stripe-signature must hold one t=<seconds since the epoch>."
        )
    given = [value for name, _, value in pairs if name == "v1"]
    signed = f"{timestamps[0]}.".encode() + body
    expected = [_digest(s.encode(), signed).hex().encode() for s in secrets if s]
    if not _any_equal(given, expected):
        return _bad(
            "No v1 signature in stripe-signature fits the body and the secret of this source."
        )
    return _fresh(int(timestamps[0]), now, None)


def sign_standard(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """:return: the value of ``webhook-signature`` for one secret"""
    key = standard_key(secret)
    if not key:
        raise ValueError("the secret is not whsec_ plus base64")
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogateescape") + body
    return "v1," + base64.b64encode(_digest(key, signed)).decode()


def sign_stripe(timestamp: int, body: bytes, secret: str) -> str:
    """:return: the value of ``stripe-signature`` for one secret"""
    return f"t={timestamp},v1={_digest(secret.encode(), f'{timestamp}.'.encode() + body).hex()}"


def standard_key(secret: str) -> bytes:
    """:return: the signing key: the base64 part after ``whsec_``; empty if it is none"""
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _digest(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()


def _any_equal(given: Sequence[str], expected: Sequence[bytes]) -> bool:
    """Compare every pair, in constant time, without stopping at the first hit."""
    found = False
    for candidate in given[:MAX_SIGNATURES]:
        raw = candidate.encode("utf-8", "surrogateescape")
        for wanted in expected:
            found |= hmac.compare_digest(raw, wanted)
    return found


def _fresh(timestamp: int, now: float, message_id: str | None) -> Verdict:
    age = now - timestamp
    if abs(age) > TOLERANCE_SECONDS:
        side = "old" if age > 0 else "ahead"
        return Verdict(
            "stale",
            f"The timestamp is {abs(age):.0f} s {side}; at most {TOLERANCE_SECONDS} s are accepted.",
        )
    return Verdict("ok", message_id=message_id)


def _bad(detail: str) -> Verdict:
    return Verdict("bad_signature", detail)
