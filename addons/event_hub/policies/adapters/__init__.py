"""From what a system sends to events in our own words.

One module per system; each is a pure function ``(headers, JSON) -> items``. An event that none
of our types fits keeps the system's own type behind its name (``github.push``), so that it is set aside as
unknown and can be replayed once somebody defines it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..cloudevents import BATCH, PLAIN, STRUCTURED, Item, parse_json
from ..signatures import Verdict, choose_scheme
from . import (
    chargebee,
    freshdesk,
    github,
    hubspot,
    intercom,
    jira,
    segment,
    standard,
    stripe,
    zendesk,
)
from .base import Adapter, Sample

__all__ = [
    "ADAPTERS",
    "CONTENT_TYPES",
    "Adapter",
    "Sample",
    "adapt",
    "choose_adapter",
    "is_batch",
    "is_binary",
    "media_type",
    "message_id",
]

CONTENT_TYPES = (PLAIN, STRUCTURED, BATCH)
MAX_ID_SHOWN = 200  # characters of an event's id in the id of its message


def _mapped(code: str, label: str, scheme: str) -> Adapter:
    docs = "https://jmespath.org/"
    return Adapter(
        code,
        label,
        scheme,
        docs,
        _needs_mappings,
        same_body=True,
        batch=True,
        mapped=True,
    )


def _needs_mappings(headers: Mapping[str, str], value: Any) -> list[Item]:
    raise NotImplementedError(
        "the mappings of the source read this: adapt(..., mappings)"
    )


_MODULES = (
    *(standard, stripe, chargebee, zendesk, freshdesk, intercom),
    *(hubspot, segment, github, jira),
)

ADAPTERS: dict[str, Adapter] = {
    adapter.code: adapter
    for adapter in (
        *(module.ADAPTER for module in _MODULES),
        github.ENGINEERING,
        _mapped("mapping", "Own mapping, bearer key", "bearer"),
        _mapped("mapping_hmac", "Own mapping, signed like GitHub", "github"),
        _mapped("mapping_standard", "Own mapping, Standard Webhooks", "standard"),
    )
}


def media_type(content_type: str | None) -> str | None:
    """:return: the media type if the door understands it, else None"""
    kind, _, parameters = (content_type or "").partition(";")
    kind = kind.strip().lower()
    for parameter in filter(None, (p.strip().lower() for p in parameters.split(";"))):
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            return None
    return kind if kind in CONTENT_TYPES else None


def choose_adapter(
    headers: Mapping[str, str], allowed: Sequence[str]
) -> Adapter | None:
    """The adapter whose signature is there, among those a source allows.

    :param headers: lower-case names
    :param allowed: codes of adapters, at most one of each scheme
    """
    by_scheme = {
        ADAPTERS[code].scheme: ADAPTERS[code] for code in allowed if code in ADAPTERS
    }
    scheme = choose_scheme(headers, tuple(by_scheme))
    return by_scheme[scheme] if scheme else None


def is_batch(code: str, content_type: str | None) -> bool:
    """Whether the answer tells what became of each event."""
    if code == "standard":
        return media_type(content_type) == BATCH
    return ADAPTERS[code].batch


def is_binary(code: str, headers: Mapping[str, str], content_type: str | None) -> bool:
    """Attributes in headers; the signature does not cover them, so a source must allow it."""
    return code == "standard" and standard.is_binary(_with_type(headers, content_type))


def adapt(
    code: str,
    headers: Mapping[str, str],
    content_type: str | None,
    body: bytes,
    mapped: Callable[[Any], list[Item]] | None = None,
) -> list[Item]:
    """Read one request.

    :param code: of the adapter
    :param headers: lower-case names
    :param body: decompressed
    :param mapped: reads the JSON by the mappings of the source, for adapters that need them
    :return: one item, or as many as the request has events
    :raise BadJson: not JSON that we take; names the place
    :raise BadEnvelope: no event; names the place
    """
    value = parse_json(body)
    adapter = ADAPTERS[code]
    if adapter.mapped and mapped is not None:
        return mapped(value)
    return adapter.read(_with_type(headers, content_type), value)


def message_id(code: str, verdict: Verdict, items: Sequence[Item], body: bytes) -> str:
    """What a repeated request is known by.

    :param body: decompressed, so that a repetition may be compressed otherwise
    """
    if verdict.message_id:
        return verdict.message_id
    shown = (items[0].id if items else None) or ""
    if not ADAPTERS[code].same_body:
        return shown
    digest = hashlib.sha256(body).hexdigest()
    return f"{shown[:MAX_ID_SHOWN]}:{digest[:32]}"


def _with_type(headers: Mapping[str, str], content_type: str | None) -> dict[str, str]:
    return {**headers, "content-type": content_type or ""}
