"""Fingerprints: of what is asked, of the evidence, and of the chain of decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64  # what the first decision of a request links to


def canonical_json(value: Any) -> str:
    """One spelling per value: keys sorted, no spaces, whole numbers without decimals.

    :raises TypeError: for anything that is not JSON
    :raises ValueError: for NaN and infinity
    """
    return json.dumps(
        _plain(value),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def digest(value: Any) -> str:
    """:return: SHA-256 of the canonical JSON, 64 hex digits"""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def without_null(value: Any) -> Any:
    """:return: ``value`` with False for every null, at any depth: XML-RPC has no null, and False is Odoo's"""
    if value is None:
        return False
    if isinstance(value, Mapping):
        return {key: without_null(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_null(item) for item in value]
    return value


@dataclass(frozen=True)
class Link:
    """One decision as the chain sees it."""

    id: int
    sequence: int  # 1, 2, … within the request
    previous: str
    hash: str
    payload: Mapping[
        str, Any
    ]  # everything the hash covers, besides sequence and previous


@dataclass(frozen=True)
class Head:
    """What the request remembers of its chain: without it a missing tail would not show."""

    count: int = 0
    hash: str = GENESIS
    last_id: int = 0


def link_hash(previous: str, sequence: int, payload: Mapping[str, Any]) -> str:
    return digest({"previous": previous, "sequence": sequence, "payload": payload})


def next_head(head: Head, link: Link) -> Head:
    return Head(head.count + 1, link.hash, link.id)


def first_bad_link(links: Sequence[Link], head: Head) -> int | None:
    """Walk the chain of one request.

    :param links: in the order of their sequence, then id
    :return: id of the first decision that was altered, inserted, moved or is missing from the
        end (then the id the request remembers); None if all is as it was written
    """
    previous = GENESIS
    for expected, link in enumerate(links, start=1):
        whole = link.sequence == expected and link.previous == previous
        if not whole or link.hash != link_hash(
            link.previous, link.sequence, link.payload
        ):
            return link.id
        if expected > head.count:
            return link.id
        previous = link.hash
    if len(links) < head.count or (
        links and (previous != head.hash or links[-1].id != head.last_id)
    ):
        return head.last_id
    return None
