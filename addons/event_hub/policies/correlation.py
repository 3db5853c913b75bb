"""Which story does an event belong to?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

_HEX32 = re.compile(r"[0-9a-f]{32}")
_TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?"
)
_NO_TRACE = "0" * 32


def decide_correlation(
    correlationid: str | None,
    traceparents: tuple[str | None, ...],
    new: Callable[[], str],
) -> str:
    """The sender's own id, else the trace it is part of, else a new one.

    :param correlationid: the CloudEvents extension; anything but 32 hex digits or a UUID is
        hashed, so that events which share it still share their story
    :param traceparents: W3C Trace Context values, the first good one counts
    :param new: makes an id
    :return: 32 hex digits
    """
    if correlationid:
        return normalise(correlationid)
    for value in traceparents:
        trace_id = trace_id_of(value)
        if trace_id:
            return trace_id
    return new()


def normalise(value: str) -> str:
    """:return: 32 hex digits that stand for ``value``"""
    plain = value.strip().lower().replace("-", "")
    if _HEX32.fullmatch(plain):
        return plain
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def trace_id_of(traceparent: str | None) -> str | None:
    """:return: the trace-id of a W3C ``traceparent``, None if it is malformed or all zero"""
    match = _TRACEPARENT.fullmatch((traceparent or "").strip().lower())
    if (
        not match
        or match[1] == _NO_TRACE
        or (traceparent or "").strip().lower().startswith("ff-")
    ):
        return None
    return match[1]
