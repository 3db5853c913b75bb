"""Stripe: HMAC-SHA256 over ``timestamp.body``, in hex.

Source: https://docs.stripe.com/webhooks#verify-manually
"""

from __future__ import annotations

from collections.abc import Sequence

from .base import (
    Request,
    Scheme,
    Verdict,
    any_equal,
    bad,
    encoded,
    fresh,
    misfit,
    sha256,
    shared_keys,
    whole_seconds,
)

HEADER = "stripe-signature"
MAX_PARTS = 64  # of the header


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    """Check ``t=<seconds>,v1=<hex>[,v1=<hex>…]``."""
    pairs = [
        part.strip().partition("=")
        for part in request.headers.get(HEADER, "").split(",", MAX_PARTS)
    ]
    timestamps = [value for name, _, value in pairs if name == "t"]
    seconds = whole_seconds(timestamps[0]) if len(timestamps) == 1 else None
    if seconds is None:
        return bad(f"The header {HEADER} must hold one t=<seconds since the epoch>.")
    given = [value for name, _, value in pairs if name == "v1"]
    signed = f"{timestamps[0]}.".encode() + request.body
    expected = [sha256(key, signed).hex().encode() for key in shared_keys(secrets)]
    if not any_equal(given, expected):
        return misfit(HEADER)
    return fresh(seconds, now)


def sign(timestamp: int, body: bytes, secret: str) -> str:
    """:return: the value of ``stripe-signature`` for one secret"""
    signed = f"{timestamp}.".encode() + body
    return f"t={timestamp},v1={sha256(encoded(secret), signed).hex()}"


SCHEME = Scheme(
    "stripe",
    "Stripe",
    (HEADER,),
    verify,
    timestamped=True,
    secret_help="The signing secret of the endpoint in Stripe's Workbench (whsec_…).",
)
