"""CloudEvents 1.0: structured, in batches, or with attributes in headers (binary)."""

from __future__ import annotations

from typing import Any

from ..cloudevents import (
    BATCH,
    PLAIN,
    BadEnvelope,
    Item,
    check_storable,
    parse_batch,
    parse_binary,
    parse_structured,
)
from .base import Adapter, Headers, Sample, one


def media_type_of(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()


def is_binary(headers: Headers) -> bool:
    """Attributes in headers; the signature does not cover them, so a source must allow it."""
    return (
        media_type_of(headers.get("content-type")) == PLAIN
        and "ce-specversion" in headers
    )


def read(headers: Headers, value: Any) -> list[Item]:
    """:param headers: with ``content-type``, which tells the mode"""
    if media_type_of(headers.get("content-type")) == BATCH:
        return [_checked(item, value) for item in parse_batch(value)]
    check_storable(value)
    return one(
        parse_binary(headers, value) if is_binary(headers) else parse_structured(value)
    )


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


ADAPTER = Adapter(
    code="standard",
    label="CloudEvents",
    scheme="standard",
    vendor_docs="https://github.com/cloudevents/spec/blob/main/cloudevents/spec.md",
    read=read,
    samples={
        "identity.login": Sample(
            {
                "specversion": "1.0",
                "id": "login-1",
                "source": "/identity",
                "type": "identity.login",
                "subject": "ACC-001",
                "data": {"user": "ann@example.com", "role": "admin"},
            },
            {"content-type": "application/cloudevents+json"},
        )
    },
)
