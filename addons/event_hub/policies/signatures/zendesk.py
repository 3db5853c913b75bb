"""Zendesk: HMAC-SHA256 over timestamp and body, in base64; the timestamp is ISO 8601.

Source: https://developer.zendesk.com/documentation/webhooks/verifying/
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import timezone

from ..cloudevents import BadEnvelope, parse_time
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
)

HEADER = "x-zendesk-webhook-signature"
TIME_HEADER = "x-zendesk-webhook-signature-timestamp"


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    timestamp = request.headers.get(TIME_HEADER, "")
    seconds = _seconds(timestamp)
    if seconds is None:
        return bad(
            f"The header {TIME_HEADER} must be a time such as 2026-03-01T09:30:00Z."
        )
    signed = encoded(timestamp) + request.body
    expected = [base64.b64encode(sha256(key, signed)) for key in shared_keys(secrets)]
    if not any_equal([request.headers.get(HEADER, "")], expected):
        return misfit(HEADER)
    return fresh(seconds, now)


def sign(timestamp: str, body: bytes, secret: str) -> str:
    """:return: the value of ``x-zendesk-webhook-signature``"""
    signed = encoded(timestamp) + body
    return base64.b64encode(sha256(encoded(secret), signed)).decode()


def _seconds(timestamp: str) -> float | None:
    try:
        moment = parse_time(timestamp, TIME_HEADER)
    except BadEnvelope:
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp() if moment else None


SCHEME = Scheme(
    "zendesk",
    "Zendesk",
    (HEADER,),
    verify,
    timestamped=True,
    secret_help="Reveal secret on the webhook's page in Zendesk's Admin Center.",
)
