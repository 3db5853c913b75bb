"""CloudEvents 1.0 as JSON: structured, batched, and binary (attributes in headers).

Every refusal names the place: ``line 1 column 7`` or ``$.data.amount``.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, NoReturn
from urllib.parse import unquote

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"

MAX_DEPTH = 64  # of nested values
# Characters. Id and source share an index whose rows hold 2,704 bytes; a character takes up to 4.
MAX_LENGTH = {
    "id": 256,
    "source": 300,
    "type": 128,
    "subject": 256,
    "correlationid": 256,
}

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


class BadJson(ValueError):
    """The body is not JSON. The text names line and column."""


class BadEnvelope(ValueError):
    """The body is JSON but no event. The text names the place."""


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


@dataclass(frozen=True)
class Item:
    """One event of a request, or why it is none."""

    index: int
    event: CloudEvent | None
    id: str | None = None
    error: str | None = None


# ---------------------------------------------------------------------- JSON


def parse_json(body: bytes) -> Any:
    """:raise BadJson: naming line and column"""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"byte {error.start + 1}: the body is not UTF-8") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadJson(
            f"line {error.lineno} column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise BadJson(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise BadJson(str(error)) from None
    return value


def check_storable(value: Any) -> None:
    """Refuse what PostgreSQL cannot hold, or what nests too deep to be handled.

    :raise BadEnvelope: naming the place
    """
    todo: list[tuple[str, Any, int]] = [("$", value, 1)]
    while todo:
        place, item, depth = todo.pop()
        if depth > MAX_DEPTH:
            raise BadEnvelope(f"{place}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(item, dict):
            for key, child in item.items():
                _check_text(place, key)
                todo.append((f"{place}.{key}", child, depth + 1))
        elif isinstance(item, list):
            todo.extend(
                (f"{place}[{i}]", child, depth + 1) for i, child in enumerate(item)
            )
        elif isinstance(item, str):
            _check_text(place, item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise BadEnvelope(f"{place}: the number is too large")


def _check_text(place: str, text: str) -> None:
    if "\x00" in text:
        raise BadEnvelope(f"{place}: text holds the character U+0000")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise BadEnvelope(f"{place}: text holds half a surrogate pair")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


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
        time=_time(value.get("time"), f"{place}.time"),
        data=_data(value, place),
        correlationid=_optional_text(value, "correlationid", place),
        traceparent=_optional_text(value, "traceparent", place),
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
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope(
            f"{place}.data_base64: must be base64 of JSON ({error})"
        ) from None
    check_storable(data)
    return data


def _time(value: Any, place: str) -> datetime | None:
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
