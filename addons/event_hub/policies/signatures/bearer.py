"""A key in the ``Authorization`` header, for senders that cannot sign.

The key travels with every request and covers neither body nor time: whoever sees one
request can send any other. Only for senders with nothing better, and only over HTTPS.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from .base import Request, Scheme, Verdict, any_equal, bad, encoded, shared_keys

HEADER = "authorization"
MAX_CHARS = 4096


def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
    """``Bearer <key>``, or ``Basic`` with the key as password, as user name, or as ``user:password``."""
    value = request.headers.get(HEADER, "")
    kind, _, rest = value.partition(" ")
    given = _candidates(kind.lower(), rest.strip()) if len(value) <= MAX_CHARS else []
    if not given:
        return bad(
            "The header authorization must be Bearer <key>, or Basic with the key as password."
        )
    if not any_equal(given, shared_keys(secrets)):
        return bad("The key in authorization is not the secret of this source.")
    return Verdict("ok")


def _candidates(kind: str, rest: str) -> list[str]:
    if kind == "bearer":
        return [rest] if rest else []
    if kind != "basic":
        return []
    try:
        pair = base64.b64decode(encoded(rest), validate=True).decode()
    except (binascii.Error, ValueError):
        return []
    user, _, password = pair.partition(":")
    return [candidate for candidate in (password, user, pair) if candidate]


SCHEME = Scheme(
    "bearer",
    "Bearer key",
    (HEADER,),
    verify,
    timestamped=False,
    secret_help="A secret made here, entered at the sender as bearer token or as password.",
)
