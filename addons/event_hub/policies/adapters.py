"""From what a system sends to CloudEvents in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import stripe
from .cloudevents import (
    BATCH,
    PLAIN,
    STRUCTURED,
    BadEnvelope,
    Item,
    check_storable,
    parse_batch,
    parse_binary,
    parse_json,
    parse_structured,
)
from .signatures import Scheme

CONTENT_TYPES = (PLAIN, STRUCTURED, BATCH)


def media_type(content_type: str | None) -> str | None:
    """:return: the media type if the door understands it, else None"""
    kind, _, parameters = (content_type or "").partition(";")
    kind = kind.strip().lower()
    for parameter in filter(None, (p.strip().lower() for p in parameters.split(";"))):
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            return None
    return kind if kind in CONTENT_TYPES else None


def is_batch(scheme: Scheme, content_type: str | None) -> bool:
    return scheme == "standard" and media_type(content_type) == BATCH


def is_binary(
    scheme: Scheme, headers: Mapping[str, str], content_type: str | None
) -> bool:
    """Attributes in headers; the signature does not cover them, so a source must allow it."""
    return (
        scheme == "standard"
        and media_type(content_type) == PLAIN
        and "ce-specversion" in headers
    )


def adapt(
    scheme: Scheme, headers: Mapping[str, str], content_type: str | None, body: bytes
) -> list[Item]:
    """Read one request.

    :param headers: lower-case names
    :return: one item, or as many as the batch has
    :raise BadJson: not JSON; names line and column
    :raise BadEnvelope: no event; names the place
    """
    value = parse_json(body)
    if is_batch(scheme, content_type):
        return [_checked(item, value) for item in parse_batch(value)]
    check_storable(value)
    if scheme == "stripe":
        event = stripe.parse(value)
    elif is_binary(scheme, headers, content_type):
        event = parse_binary(headers, value)
    else:
        event = parse_structured(value)
    return [Item(0, event, event.id)]


def _checked(item: Item, batch: list[Any]) -> Item:
    """Refuse single items of a batch that could not be stored."""
    try:
        check_storable(batch[item.index])
    except BadEnvelope as error:
        place = str(error).replace("$", f"$[{item.index}]", 1)
        return Item(item.index, None, _printable(item.id), place)
    return item


def _printable(text: str | None) -> str | None:
    return (
        None
        if text is None
        else text.replace("\x00", "").encode("utf-8", "replace").decode()
    )
