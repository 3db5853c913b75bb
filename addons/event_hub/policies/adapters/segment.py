"""Segment's calls in our words.

Shapes: https://segment.com/docs/connections/spec/. The account is ``context.groupId``; a person without a
group stands for itself. Names of events are those of the B2B SaaS spec:
https://segment.com/docs/connections/spec/b2b-saas/
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from ..cloudevents import CloudEvent
from .base import (
    Adapter,
    Data,
    Sample,
    as_object,
    count,
    iso_time,
    part,
    reader,
    required,
    short,
    text,
    vendor_event,
)

LOGINS = frozenset({"signed in", "logged in", "login", "user logged in"})
LEAVERS = frozenset(
    {"account removed user", "user deactivated", "user deleted", "account deleted user"}
)


def parse(value: Any) -> CloudEvent:
    """:raise BadEnvelope: naming the place"""
    call = as_object(value)
    kind = required(call, "type")
    when = iso_time(
        call.get("timestamp") or call.get("originalTimestamp"), "$.timestamp"
    )
    our_type, data = _translate(kind, call, when)
    return vendor_event(
        "segment",
        id=required(call, "messageId"),
        type=our_type,
        subject=_account(call),
        time=when,
        data=data,
    )


def _translate(kind: str, call: Data, when: datetime | None) -> tuple[str, Data]:
    name = _key(text(call.get("event")) or "")
    if kind == "identify" or (kind == "track" and name in LOGINS):
        return "identity.login", _user(call)
    if kind == "track" and name in LEAVERS:
        return "identity.user_deactivated", _user(call)
    if kind == "track":
        return "usage.reported", _usage(call, name, when)
    return f"segment.{kind}", _rest(call)


def _account(call: Data) -> str | None:
    return (
        text(call.get("groupId"))
        or text(part(call, "context").get("groupId"))
        or text(part(call, "properties").get("account_id"))
        or text(call.get("userId"))
    )


def _user(call: Data) -> Data:
    traits = part(call, "traits") or part(call, "context", "traits")
    return {
        "user": text(traits.get("email"))
        or text(call.get("userId"))
        or text(call.get("anonymousId")),
        "role": text(traits.get("role")) or text(part(call, "properties").get("role")),
    }


def _usage(call: Data, name: str, when: datetime | None) -> Data:
    properties = part(call, "properties")
    value = properties.get("value")
    return {
        "date": when.date().isoformat() if when else None,
        "metric": short(name.replace(" ", "_"), 200),
        "value": value if _is_number(value) else 1,
        "seats_active": count(properties.get("seats_active")),
        "user": text(call.get("userId")),
    }


def _rest(call: Data) -> Data:
    names = ("userId", "groupId", "previousId", "name", "traits", "properties")
    return {name: call.get(name) for name in names}


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


ADAPTER = Adapter(
    code="segment",
    label="Segment",
    scheme="segment",
    vendor_docs="https://segment.com/docs/connections/destinations/catalog/webhooks/",
    read=reader(parse),
    same_body=True,
    samples={
        "track": Sample(
            {
                "type": "track",
                "messageId": "sample-1",
                "userId": "ann",
                "event": "Report Exported",
                "properties": {"value": 3},
                "context": {"groupId": "ACC-001"},
                "timestamp": "2026-01-01T09:00:00.000Z",
            }
        )
    },
)
