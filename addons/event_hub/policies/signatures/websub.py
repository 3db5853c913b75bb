"""WebSub's header ``x-hub-signature: method=hex``: HMAC over the body alone. Jira sends SHA-256, Intercom SHA-1.

Each sender is a scheme of its own, so that nobody gets by with a weaker method than the one expected. HMAC-SHA-1 is
still sound (no collision of SHA-1 helps to forge it). The signature covers no time: event identity, made of signed
bytes only, keeps a recorded request from taking effect twice.

Sources: https://www.w3.org/TR/websub/#signature-validation,
https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks,
https://developers.intercom.com/docs/references/webhooks/webhook-models
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from .base import (
    Request,
    Scheme,
    Verdict,
    any_equal,
    bad,
    encoded,
    misfit,
    shared_keys,
)

HEADER = "x-hub-signature"


def sign(body: bytes, secret: str, method: str) -> str:
    """:param method: sha256 or sha1
    :return: the value of ``x-hub-signature``"""
    return f"{method}={_mac(encoded(secret), body, method)}"


def _mac(key: bytes, body: bytes, method: str) -> str:
    return hmac.new(key, body, getattr(hashlib, method)).hexdigest()


def _verifier(method: str) -> Callable[[Request, Sequence[str], float], Verdict]:
    prefix = f"{method}="

    def verify(request: Request, secrets: Sequence[str], now: float) -> Verdict:
        given = request.headers.get(HEADER, "")
        if not given.startswith(prefix):
            return bad(f"The header {HEADER} must be {prefix}<hex digits>.")
        expected = [
            _mac(key, request.body, method).encode() for key in shared_keys(secrets)
        ]
        if not any_equal([given.removeprefix(prefix)], expected):
            return misfit(HEADER)
        return Verdict("ok")

    return verify


JIRA = Scheme(
    "jira",
    "Jira",
    (HEADER,),
    _verifier("sha256"),
    timestamped=False,
    secret_help="The secret of the webhook in Jira under System > WebHooks.",
)
INTERCOM = Scheme(
    "intercom",
    "Intercom",
    (HEADER,),
    _verifier("sha1"),
    timestamped=False,
    secret_help="The client secret of your app in Intercom's Developer Hub.",
)
METHODS = {"jira": "sha256", "intercom": "sha1"}
