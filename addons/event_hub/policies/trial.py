"""A test event: the request that a sender of an adapter would make, signed, with ids of its own."""

from __future__ import annotations

import copy
import json
from typing import Any

from . import signatures
from .adapters import ADAPTERS, Sample
from .signatures import PUBLIC_KEY_PREFIX, Request

TEST_TYPE = "hub.test"  # no rule reacts to it, no endpoint hears it unasked
HEADER = "hub-test"  # carries the mark by which we know our own test events again
IDS = ("id", "messageId", "eventId")  # what the samples tell events apart by
SAMPLE = Sample({"event": "ticket.opened", "id": 9001, "account": "ACC-001"})


def secret_to_sign_with(secrets: list[str]) -> str | None:
    """:return: the first that signs; a public key only verifies"""
    return next((s for s in secrets if not s.startswith(PUBLIC_KEY_PREFIX)), None)


def body_of(adapter_code: str, nonce: str, sample: Any = None) -> bytes:
    """:param nonce: 32 hex digits that no other test event has
    :param sample: JSON instead of the adapter's own sample
    """
    if adapter_code == "standard":
        event = {
            "specversion": "1.0",
            "id": nonce,
            "source": "/event-hub/test",
            "type": TEST_TYPE,
            "data": {"read_as": TEST_TYPE},
        }
        return json.dumps(event).encode()
    body = copy.deepcopy(sample if sample is not None else _sample(adapter_code).body)
    for event in body if isinstance(body, list) else [body]:
        if isinstance(event, dict):
            _mark(event, nonce)
    return json.dumps(body).encode()


def request(
    adapter_code: str, url: str, secret: str, body: bytes, *, nonce: str, now: float
) -> Request:
    """:param now: seconds since the epoch
    :return: the request with every header it needs
    """
    adapter = ADAPTERS[adapter_code]
    signed = signatures.sign(
        adapter.scheme, url, body, secret, message_id=f"test_{nonce}", now=now
    )
    headers = {"content-type": "application/json", **_sample(adapter_code).headers}
    return Request("POST", url, {**headers, **signed}, body)


def _sample(adapter_code: str) -> Sample:
    return next(iter(ADAPTERS[adapter_code].samples.values()), SAMPLE)


def _mark(event: dict[str, Any], nonce: str) -> None:
    """Tell this event from every other one, in place."""
    for name in IDS:
        if isinstance(event.get(name), str):
            event[name] = f"test_{nonce}"
        elif isinstance(event.get(name), int):
            event[name] = int(nonce[:12], 16)
    event["hub_test"] = nonce
