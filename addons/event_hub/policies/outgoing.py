"""The wire form of a delivery: a CloudEvents 1.0 body, signed after Standard Webhooks."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .signatures import sign_standard

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_HEX32 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class OutgoingEvent:
    id: str
    source: str  # URI reference of this system
    type: str
    time: datetime  # naive UTC
    subject: str = ""  # the account's code
    correlation: str = ""
    case: Mapping[str, Any] = field(default_factory=dict)  # type, model, id
    attributes: Mapping[str, Any] = field(default_factory=dict)


def body(event: OutgoingEvent) -> bytes:
    """The structured-mode JSON of ``event``: the same bytes for each try."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "time": event.time.isoformat(timespec="microseconds") + "Z",
        "datacontenttype": "application/json",
        "data": {**event.attributes, "case": dict(event.case)},
    }
    if event.subject:
        envelope["subject"] = event.subject
    if event.correlation:
        envelope["correlationid"] = event.correlation
        trace = traceparent(event.correlation, f"event/{event.id}", 0)
        if trace:  # the same in each try; the header names the try
            envelope["traceparent"] = trace
    return json.dumps(
        envelope, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def sign(
    secrets: Iterable[str], webhook_id: str, timestamp: int, payload: bytes
) -> str:
    """The ``webhook-signature`` header: one ``v1`` signature for each secret, newest first.

    :param timestamp: seconds since the epoch
    :raise ValueError: if a secret is not ``whsec_<base64>``
    """
    return " ".join(
        sign_standard(webhook_id, timestamp, payload, secret) for secret in secrets
    )


def traceparent(correlation: str, webhook_id: str, attempt: int) -> str | None:
    """W3C trace context: the story is the trace, each try a span. None if it has no such id."""
    if not _HEX32.fullmatch(correlation) or correlation == "0" * 32:
        return None
    span = hashlib.sha256(f"{webhook_id}/{attempt}".encode()).hexdigest()[:16]
    return f"00-{correlation}-{span}-01"


def headers(
    secrets: Iterable[str],
    webhook_id: str,
    timestamp: int,
    payload: bytes,
    correlation: str,
    attempt: int,
) -> dict[str, str]:
    """Everything one try sends besides its body."""
    result = {
        "content-type": CONTENT_TYPE,
        "user-agent": "event_hub/19.0",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, webhook_id, timestamp, payload),
    }
    trace = traceparent(correlation, webhook_id, attempt)
    return {**result, "traceparent": trace} if trace else result
