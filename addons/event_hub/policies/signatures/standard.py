"""Standard Webhooks 1.0.

``v1`` is HMAC-SHA256, ``v1a`` is Ed25519, both over ``id.timestamp.body``, in base64.
Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .base import (
    MAX_MESSAGE_ID,
    MAX_SIGNATURES,
    PUBLIC_KEY_PREFIX,
    SECRET_PREFIX,
    Request,
    Scheme,
    Verdict,
    any_equal,
    bad,
    encoded,
    fresh,
    misfit,
    sha256,
    whole_seconds,
)

HEADER = "webhook-signature"


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    """Check ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``."""
    message_id = request.headers.get("webhook-id", "")
    timestamp = request.headers.get("webhook-timestamp", "")
    if not message_id or len(message_id) > MAX_MESSAGE_ID:
        return bad(f"The header webhook-id must hold 1 to {MAX_MESSAGE_ID} characters.")
    seconds = whole_seconds(timestamp)
    if seconds is None:
        return bad("The header webhook-timestamp must be seconds since the epoch.")
    signed = signed_content(message_id, timestamp, request.body)
    parts = [part.partition(",") for part in request.headers.get(HEADER, "").split()][
        :MAX_SIGNATURES
    ]
    shared = [value for version, _, value in parts if version == "v1"]
    public = [value for version, _, value in parts if version == "v1a"]
    expected = [
        base64.b64encode(sha256(key, signed)) for key in map(key_of, secrets) if key
    ]
    if not (
        any_equal(shared, expected) or _any_signed(public, public_keys(secrets), signed)
    ):
        return misfit(HEADER)
    return fresh(seconds, now, message_id)


def sign(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """:return: the value of ``webhook-signature`` for one shared secret"""
    key = key_of(secret)
    if not key:
        raise ValueError("the secret is not whsec_ plus base64")
    signed = signed_content(message_id, str(timestamp), body)
    return "v1," + base64.b64encode(sha256(key, signed)).decode()


def signed_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    return encoded(f"{message_id}.{timestamp}.") + body


def key_of(secret: str) -> bytes:
    """:return: the key of a shared secret: the base64 part after ``whsec_``; empty if it is none"""
    if secret.startswith(PUBLIC_KEY_PREFIX):
        return b""
    return _decoded(secret.removeprefix(SECRET_PREFIX))


def public_keys(secrets: Sequence[str]) -> list[Ed25519PublicKey]:
    """:return: the keys among ``secrets`` that are ``whpk_`` and 32 bytes in base64"""
    raw = [
        _decoded(secret.removeprefix(PUBLIC_KEY_PREFIX))
        for secret in secrets
        if secret.startswith(PUBLIC_KEY_PREFIX)
    ]
    return [Ed25519PublicKey.from_public_bytes(key) for key in raw if len(key) == 32]


def _any_signed(
    given: Sequence[str], keys: Sequence[Ed25519PublicKey], signed: bytes
) -> bool:
    return any(
        _is_signed(key, signature, signed)
        for key in keys
        for signature in map(_decoded, given)
        if len(signature) == 64
    )


def _is_signed(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


SCHEME = Scheme(
    "standard",
    "Standard Webhooks",
    (HEADER,),
    verify,
    timestamped=True,
    secret_help=(
        "A secret made here (whsec_…) that the sender signs with, or the sender's public key (whpk_…)."
    ),
)
