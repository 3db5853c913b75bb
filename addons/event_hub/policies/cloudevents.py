"""CloudEvents 1.0 as JSON: structured, batched, and binary (attributes in headers).

Every refusal names the place: ``line 1 column 7`` or ``$.data.amount``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

from .strict_json import MAX_DEPTH, BadEnvelope, BadJson, check_storable, parse_json

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"

# Characters. Id and source share an index whose rows hold 2,704 bytes; a character takes up to 4.
MAX_LENGTH = {
    "id": 256,
    "source": 300,
    "type": 128,
    "subject": 256,
    "correlationid": 256,
    "dataschema": 1024,
}

__all__ = [
    "BATCH",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "PLAIN",
    "STRUCTURED",
    "BadEnvelope",
    "BadJson",
    "CloudEvent",
    "Item",
    "check_storable",
    "parse_batch",
    "parse_binary",
    "parse_json",
    "parse_structured",
    "parse_time",
]

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


@dataclass(frozen=True)
class CloudEvent:
    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None  # naive UTC; None: not said
    data: Any = field(default_factory=dict)
    correlationid: str | None = None
    traceparent: str | None = None
    dataschema: str | None = None


@dataclass(frozen=True)
class Item:
    """One event of a request, or why it is none."""

    index: int
    event: CloudEvent | None
    id: str | None = None
    error: str | None = None


# ------------------------------------------------------------------ envelopes


def parse_structured(value: Any, place: str = "$") -> CloudEvent:
    """:raise BadEnvelope: naming the place, such as ``$.time``"""
    if not isinstance(value, dict):
        raise BadEnvelope(f"{place}: an event is a JSON object")
    version = value.get("specversion")
    if version != "1.0":
        raise BadEnvelope(f'{place}.specversion: must be "1.0"')
    return CloudEvent(
        id=_text(value, "id", place),
        source=_text(value, "source", place),
        type=_text(value, "type", place),
        subject=_optional_text(value, "subject", place),
        time=parse_time(value.get("time"), f"{place}.time"),
        data=_data(value, place),
        correlationid=_optional_text(value, "correlationid", place),
        traceparent=_optional_text(value, "traceparent", place),
        dataschema=_optional_text(value, "dataschema", place),
    )


def parse_batch(value: Any) -> list[Item]:
    """Each item stands alone: a bad one does not spoil the others.

    :raise BadEnvelope: if the whole is no array
    """
    if not isinstance(value, list):
        raise BadEnvelope("$: a batch is a JSON array of events")
    return [_item(index, item) for index, item in enumerate(value)]


def parse_binary(headers: Mapping[str, str], data: Any) -> CloudEvent:
    """:param headers: lower-case names; attributes are ``ce-<name>``, percent-encoded"""
    attributes: dict[str, Any] = {
        name[3:]: unquote(value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }
    try:
        event = parse_structured({**attributes, "data": data})
        check_storable(attributes)
    except BadEnvelope as error:
        raise BadEnvelope(str(error).replace("$.", "header ce-", 1)) from None
    return event


def _item(index: int, value: Any) -> Item:
    item_id = value.get("id") if isinstance(value, dict) else None
    shown = item_id if isinstance(item_id, str) else None
    try:
        return Item(index, parse_structured(value, f"$[{index}]"), shown)
    except BadEnvelope as error:
        return Item(index, None, shown, str(error))


def _text(value: Mapping[str, Any], name: str, place: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        raise BadEnvelope(f"{place}.{name}: must be text and not empty")
    if len(text) > MAX_LENGTH.get(name, 256):
        raise BadEnvelope(
            f"{place}.{name}: longer than {MAX_LENGTH.get(name, 256)} characters"
        )
    return text


def _optional_text(value: Mapping[str, Any], name: str, place: str) -> str | None:
    return None if value.get(name) is None else _text(value, name, place)


def _data(value: Mapping[str, Any], place: str) -> Any:
    encoded = value.get("data_base64")
    if encoded is None:
        return value["data"] if value.get("data") is not None else {}
    if "data" in value:
        raise BadEnvelope(f"{place}.data_base64: not together with data")
    try:
        data = parse_json(base64.b64decode(str(encoded), validate=True))
        check_storable(data)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope(
            f"{place}.data_base64: must be base64 of JSON ({error})"
        ) from None
    return data


def parse_time(value: Any, place: str) -> datetime | None:
    """:return: naive UTC, None if ``value`` is None
    :raise BadEnvelope: if it is no RFC 3339 time with a zone
    """
    if value is None:
        return None
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise BadEnvelope(f"{place}: must be a time such as 2026-03-01T09:30:00Z")
    try:
        return _to_utc(match)
    except (ValueError, OverflowError) as error:
        raise BadEnvelope(f"{place}: no such time ({error})") from None


def _to_utc(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    micro = int((match[7] or "0")[:6].ljust(6, "0"))
    if second == 60:  # a leap second, which Python has no place for
        second, micro = 59, 999999
    zone = match[8]
    offset = timedelta()
    if zone not in "Zz":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        offset = -offset if zone[0] == "-" else offset
    moment = datetime(
        year, month, day, hour, minute, second, micro, tzinfo=timezone(offset)
    )
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
