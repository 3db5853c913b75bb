"""Segment: HMAC-SHA1 over the body alone, in hex. Freshness cannot be checked.

SHA-1 is what Segment offers; its weakness is collisions, on which an HMAC does not rest.

Source: https://segment.com/docs/connections/destinations/catalog/webhooks/#authentication
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from .base import Request, Scheme, Verdict, any_equal, encoded, misfit, shared_keys

HEADER = "x-signature"


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    expected = [_digest(key, request.body) for key in shared_keys(secrets)]
    if not any_equal([request.headers.get(HEADER, "")], expected):
        return misfit(HEADER)
    return Verdict("ok")


def sign(body: bytes, secret: str) -> str:
    """:return: the value of ``x-signature``"""
    return _digest(encoded(secret), body).decode()


def _digest(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha1).hexdigest().encode()


SCHEME = Scheme(
    "segment",
    "Segment",
    (HEADER,),
    verify,
    timestamped=False,
    secret_help="The shared secret of the webhook destination in Segment.",
)
