"""Standard Webhooks signatures, written for the demo alone.

The Start page signs what the billing system would sign, and the echo receiver
checks deliveries as any outsider would. Neither uses the hub's own code, so a
mistake there shows here.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

#: seconds a signed timestamp may lie before or after now
TOLERANCE = 300


@dataclass(frozen=True)
class Verdict:
    """`reason` is a sentence for the page, also when `ok`."""

    ok: bool
    reason: str


def key_of(secret: str) -> bytes:
    """The key in `whsec_<base64>`. Raises ValueError if it is not base64."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("The secret is not base64 after whsec_.") from error


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` (version v1, HMAC-SHA256)."""
    content = b".".join((webhook_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def signed_headers(
    secret: str, webhook_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """All headers a Standard Webhooks sender sets. `timestamp`: seconds since the epoch, UTC."""
    return {
        "content-type": "application/cloudevents+json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, webhook_id, timestamp, body),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: int) -> Verdict:
    """Check a delivery. `headers` are keyed in lower case; `now`: seconds since the epoch, UTC."""
    webhook_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (webhook_id and stamp and given):
        return Verdict(False, "A signature header is missing.")
    if not (stamp.isascii() and stamp.isdecimal()):
        return Verdict(False, "The timestamp is not a number.")
    if abs(now - int(stamp)) > TOLERANCE:
        return Verdict(False, "The timestamp is more than five minutes away from now.")
    wanted = sign(secret, webhook_id, int(stamp), body).encode()
    for candidate in given.split(" "):
        if hmac.compare_digest(candidate.encode(), wanted):
            return Verdict(
                True,
                "Signature and time are right: it comes from this system, unchanged.",
            )
    return Verdict(False, "The signature does not match the body.")
