"""What every signature scheme is made of."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

TOLERANCE_SECONDS = 300  # both ways, as every scheme with a timestamp recommends
MAX_SIGNATURES = (
    16  # of one request; more is no rotation but an attempt to keep us busy
)
MAX_MESSAGE_ID = 256  # characters
SECRET_PREFIX = "whsec_"
PUBLIC_KEY_PREFIX = "whpk_"

Code = Literal["ok", "bad_signature", "stale"]

_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Request:
    """One request as its sender made it."""

    method: str  # upper case
    url: str  # whole, as the sender wrote it; may be empty unless the scheme covers it
    headers: Mapping[str, str]  # lower-case names
    body: bytes  # raw, still compressed if it was sent so


@dataclass(frozen=True)
class Verdict:
    code: Code
    detail: str = ""
    message_id: str | None = None  # only where the signature covers it

    @property
    def ok(self) -> bool:
        return self.code == "ok"


@dataclass(frozen=True)
class Scheme:
    """A way to prove who sent a request.

    :param headers: lower-case names; any of them being there chooses the scheme
    :param timestamped: whether the signature covers a time, so that old requests are refused
    :param secret_help: where the key comes from
    :param covers_url: whether the request has to say its address
    """

    code: str
    label: str
    headers: tuple[str, ...]
    verify: Callable[[Request, Sequence[str], float], Verdict]
    timestamped: bool
    secret_help: str
    covers_url: bool = False


def shared_keys(secrets: Sequence[str]) -> list[bytes]:
    """:return: keys of HMAC schemes that take the whole secret as UTF-8; a public key is never one"""
    return [
        encoded(secret)
        for secret in secrets
        if secret and not secret.startswith(PUBLIC_KEY_PREFIX)
    ]


def encoded(text: str) -> bytes:
    """:return: UTF-8 of any text, also of half a surrogate pair"""
    return text.encode("utf-8", "surrogatepass")


def sha256(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()


def any_equal(given: Sequence[str], expected: Sequence[bytes]) -> bool:
    """Compare every pair, in constant time, without stopping at the first hit."""
    found = False
    for candidate in given[:MAX_SIGNATURES]:
        raw = encoded(candidate)
        for wanted in expected:
            found |= hmac.compare_digest(raw, wanted)
    return found


def whole_seconds(text: str) -> int | None:
    """:return: seconds (or milliseconds) since the epoch, None if ``text`` is no such number"""
    return int(text) if _SECONDS.fullmatch(text) else None


def fresh(timestamp: float, now: float, message_id: str | None = None) -> Verdict:
    """:param timestamp: seconds since the epoch"""
    age = now - timestamp
    if abs(age) > TOLERANCE_SECONDS:
        side = "old" if age > 0 else "ahead"
        return Verdict(
            "stale",
            f"The timestamp is {abs(age):.0f} s {side}; at most {TOLERANCE_SECONDS} s are accepted.",
        )
    return Verdict("ok", message_id=message_id)


def bad(detail: str) -> Verdict:
    return Verdict("bad_signature", detail)


def misfit(header: str) -> Verdict:
    """The one answer to a signature that does not fit; it tells nothing of what would."""
    return bad(f"No signature in {header} fits the body and the secret of this source.")
