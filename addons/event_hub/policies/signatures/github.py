"""GitHub, and others that sign like it: HMAC-SHA256 over the body alone, in hex.

The signature covers no time and no header, so freshness cannot be checked: a request that
somebody recorded can be sent again. Event identity, which is made of signed bytes only,
keeps it from taking effect twice.

Source: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
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
    misfit,
    sha256,
    shared_keys,
)

HEADER = "x-hub-signature-256"
PREFIX = "sha256="


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    given = request.headers.get(HEADER, "")
    if not given.startswith(PREFIX):
        return bad(f"The header {HEADER} must be {PREFIX}<64 hex digits>.")
    expected = [
        sha256(key, request.body).hex().encode() for key in shared_keys(secrets)
    ]
    if not any_equal([given.removeprefix(PREFIX)], expected):
        return misfit(HEADER)
    return Verdict("ok")


def sign(body: bytes, secret: str) -> str:
    """:return: the value of ``x-hub-signature-256``"""
    return PREFIX + sha256(encoded(secret), body).hex()


SCHEME = Scheme(
    "github",
    "GitHub",
    (HEADER,),
    verify,
    timestamped=False,
    secret_help="The text under Secret in the webhook's settings on GitHub.",
)
