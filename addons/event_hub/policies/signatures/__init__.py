"""Is a request signed by someone who knows a live secret, and is it fresh?

One module per scheme. All work on the raw bytes, compare in constant time with every live
secret, and look at a bounded number of candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from . import bearer, github, hubspot, segment, standard, stripe, websub, zendesk
from .base import (
    MAX_MESSAGE_ID,
    MAX_SIGNATURES,
    PUBLIC_KEY_PREFIX,
    SECRET_PREFIX,
    TOLERANCE_SECONDS,
    Request,
    Scheme,
    Verdict,
)
from .standard import key_of as standard_key
from .standard import sign as sign_standard
from .stripe import sign as sign_stripe

__all__ = [
    "MAX_MESSAGE_ID",
    "MAX_SIGNATURES",
    "PUBLIC_KEY_PREFIX",
    "SCHEMES",
    "SECRET_HEADERS",
    "SECRET_PREFIX",
    "TOLERANCE_SECONDS",
    "Request",
    "Scheme",
    "Verdict",
    "choose_scheme",
    "sign",
    "sign_standard",
    "sign_stripe",
    "standard_key",
    "verify",
]

# In the order in which they are tried: what covers most comes first.
SCHEMES: dict[str, Scheme] = {
    scheme.code: scheme
    for scheme in (
        *(standard.SCHEME, stripe.SCHEME, hubspot.SCHEME, zendesk.SCHEME),
        *(github.SCHEME, websub.JIRA, websub.INTERCOM, segment.SCHEME),
        bearer.SCHEME,
    )
}

# Headers that prove who sent a request; they are never stored.
SECRET_HEADERS = frozenset(
    {name for scheme in SCHEMES.values() for name in scheme.headers}
    | {"x-hubspot-signature"}
)


def choose_scheme(headers: Mapping[str, str], allowed: Sequence[str]) -> str | None:
    """Pick the scheme whose signature header is there, among those the source allows.

    :param headers: lower-case names
    :param allowed: codes of schemes, in any order
    :return: None if no allowed scheme has its header
    """
    for code, scheme in SCHEMES.items():
        if code in allowed and any(name in headers for name in scheme.headers):
            return code
    return None


def verify(
    scheme_code: str | None, request: Request, secrets: Sequence[str], *, now: float
) -> Verdict:
    """Check one request.

    :param scheme_code: as ``choose_scheme`` gave it
    :param secrets: every live secret; any of them may have signed
    :param now: seconds since the epoch
    """
    scheme = SCHEMES.get(scheme_code or "")
    if scheme is None:
        return Verdict("bad_signature", "No signature header that this source accepts.")
    return scheme.verify(request, secrets, now)


def sign(
    scheme_code: str, url: str, body: bytes, secret: str, *, message_id: str, now: float
) -> dict[str, str]:
    """Sign as a sender would.

    :param now: seconds since the epoch
    :return: the headers that prove it, lower-case names
    :raise ValueError: if the scheme cannot use this secret
    """
    seconds = int(now)
    if scheme_code == "standard":
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(seconds),
            standard.HEADER: standard.sign(message_id, seconds, body, secret),
        }
    if scheme_code == "stripe":
        return {stripe.HEADER: stripe.sign(seconds, body, secret)}
    if scheme_code == "hubspot":
        signature = hubspot.sign("POST", url, seconds * 1000, body, secret)
        return {
            hubspot.TIME_HEADER: str(seconds * 1000),
            hubspot.HEADER: signature,
        }
    if scheme_code == "zendesk":
        at = datetime.fromtimestamp(seconds, timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        return {zendesk.TIME_HEADER: at, zendesk.HEADER: zendesk.sign(at, body, secret)}
    if scheme_code == "github":
        return {github.HEADER: github.sign(body, secret)}
    if scheme_code in websub.METHODS:
        method = websub.METHODS[scheme_code]
        return {websub.HEADER: websub.sign(body, secret, method)}
    if scheme_code == "segment":
        return {segment.HEADER: segment.sign(body, secret)}
    return {bearer.HEADER: f"Bearer {secret}"}
