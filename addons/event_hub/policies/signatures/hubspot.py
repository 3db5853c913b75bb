"""HubSpot, version 3: HMAC-SHA256 over method, address, body and timestamp, in base64.

Source: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from __future__ import annotations

import base64
import re
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
)

HEADER = "x-hubspot-signature-v3"
TIME_HEADER = "x-hubspot-request-timestamp"

# HubSpot signs its address with these characters plain, however they are sent.
_PLAIN = {f"%{ord(char):02X}": char for char in ":/?@!$'()*,;"}
_CODED = re.compile("|".join(_PLAIN), re.IGNORECASE)
_MILLISECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    timestamp = request.headers.get(TIME_HEADER, "")
    if not _MILLISECONDS.fullmatch(timestamp):
        return bad(f"The header {TIME_HEADER} must be milliseconds since the epoch.")
    signed = _signed(request.method, request.url, request.body, timestamp)
    expected = [base64.b64encode(sha256(key, signed)) for key in shared_keys(secrets)]
    # A proxy between HubSpot and us may turn the + of base64 into a space.
    given = request.headers.get(HEADER, "").strip().replace(" ", "+")
    if not any_equal([given], expected):
        return misfit(HEADER)
    return fresh(int(timestamp) / 1000, now)


def sign(method: str, url: str, timestamp: int, body: bytes, secret: str) -> str:
    """:param timestamp: milliseconds
    :return: the value of ``x-hubspot-signature-v3``
    """
    signed = _signed(method, url, body, str(timestamp))
    return base64.b64encode(sha256(encoded(secret), signed)).decode()


def _signed(method: str, url: str, body: bytes, timestamp: str) -> bytes:
    plain = _CODED.sub(lambda match: _PLAIN[match[0].upper()], url)
    return encoded(method + plain) + body + timestamp.encode()


SCHEME = Scheme(
    "hubspot",
    "HubSpot",
    (HEADER,),
    verify,
    timestamped=True,
    secret_help="The client secret of the app in HubSpot.",
    covers_url=True,
)
