"""What every adapter is made of, and small readings of loose data.

An adapter refuses a request only where it cannot tell which event it is (``BadEnvelope``).
Everything else of the wrong kind is left out, and the schema of the event's type decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from ..cloudevents import (
    MAX_LENGTH,
    BadEnvelope,
    CloudEvent,
    Item,
    check_storable,
    parse_time,
)

# Currencies of https://docs.stripe.com/currencies#zero-decimal; UGX and ISK are sent with two decimals.
ZERO_DECIMAL = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
MAX_COUNT = 2**31 - 1  # seats, or intervals of a price
MONTHS = {"month": 1, "year": 12}  # of a billing period
MAX_TIME = 10**11  # seconds since the epoch: the year 5138

Data = dict[str, Any]
Headers = Mapping[str, str]


@dataclass(frozen=True)
class Sample:
    """A request of a vendor, for trying a source out and for its documentation."""

    body: Any  # JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Adapter:
    """How one system's requests become events.

    :param scheme: code of the signature scheme that chooses it
    :param read: ``(headers, JSON) -> items``; raises ``BadEnvelope`` only
    :param samples: by the vendor's own name of the event
    :param same_body: a repeated request is known by its raw body, as the vendor's repetitions differ
        in nothing else, or as several events share one request; else by the id of its event
    :param batch: one request may hold several events
    :param mapped: read by the mappings of the source instead
    """

    code: str
    label: str
    scheme: str
    vendor_docs: str
    read: Callable[[Headers, Any], list[Item]]
    samples: Mapping[str, Sample] = field(default_factory=dict)
    same_body: bool = False
    batch: bool = False
    mapped: bool = False


def one(event: CloudEvent) -> list[Item]:
    return [Item(0, event, event.id)]


def reader(parse: Callable[[Any], CloudEvent]) -> Callable[[Headers, Any], list[Item]]:
    """:return: ``read`` of an adapter whose requests are one event each, told by the body alone"""

    def read(headers: Headers, value: Any) -> list[Item]:
        check_storable(value)
        return one(parse(value))

    return read


def vendor_event(
    vendor: str,
    *,
    id: str,  # noqa: A002
    type: str,  # noqa: A002
    subject: Any = None,
    time: datetime | None = None,
    data: Data | None = None,
    account: Any = None,
) -> CloudEvent:
    """:param account: of the vendor's several tenants, the one that tells
    :raise BadEnvelope: if id or type are longer than the ledger takes
    """
    tenant = text(account)
    source = f"{vendor}/{tenant}" if tenant else vendor
    return CloudEvent(
        id=_fit(id, "id"),
        source=source if len(source) <= MAX_LENGTH["source"] else vendor,
        type=_fit(type, "type"),
        subject=subject_of(subject),
        time=time,
        data=without_none(data or {}),
    )


def subject_of(value: Any, place: str = "subject") -> str | None:
    """:return: the account as text, None if there is none
    :raise BadEnvelope: if it is longer than the ledger takes
    """
    found = text(value)
    return None if found is None else _fit(found, "subject", place)


def _fit(value: str, name: str, place: str | None = None) -> str:
    if not value.strip():
        raise BadEnvelope(f"$.{place or name}: must be text and not empty")
    if len(value) > MAX_LENGTH[name]:
        raise BadEnvelope(
            f"$.{place or name}: longer than {MAX_LENGTH[name]} characters"
        )
    return value


# ------------------------------------------------------------------- reading


def as_object(value: Any, place: str = "$") -> Data:
    """:raise BadEnvelope: if ``value`` is no JSON object"""
    if not isinstance(value, dict):
        raise BadEnvelope(f"{place}: must be a JSON object")
    return value


def part(value: Any, *path: str) -> Data:
    """:return: the object under ``path``, empty if there is none"""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """:return: text, or a whole number as text; None for anything else and for nothing"""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


class _Words(HTMLParser):
    """Collects what people read of HTML; a block or a line break begins a new line."""

    BREAKS = frozenset(
        "address blockquote br div h1 h2 h3 h4 li ol p pre tr ul".split()
    )
    UNSEEN = frozenset("script style template".split())

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in self.UNSEEN
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.unseen = max(0, self.unseen - (tag in self.UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(data)


def plain(value: Any) -> str | None:
    """:return: the words of an HTML text, without tags"""
    found = text(value)
    if found is None or "<" not in found:
        return found
    parser = _Words()
    parser.feed(found)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.words).splitlines())
    return text("\n".join(line for line in lines if line))


def required(
    value: Mapping[str, Any], name: str, place: str = "$", *, numbers: bool = False
) -> str:
    """:param numbers: take a whole number as text
    :raise BadEnvelope: if there is no text under ``name``
    """
    found = text(value.get(name))
    if found is None or not (numbers or isinstance(value[name], str)):
        raise BadEnvelope(f"{place}.{name}: must be text and not empty")
    return found


def short(value: Any, length: int) -> str | None:
    """:return: text, cut to ``length`` characters"""
    found = text(value)
    return None if found is None else found[:length]


def word(value: Any) -> str | None:
    """:return: the word itself, or the ``name`` of an object"""
    return text(value.get("name") if isinstance(value, dict) else value)


def count(value: Any) -> int | None:
    """:return: a number of seats or attempts"""
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 <= value <= MAX_COUNT
    ):
        return value
    return None


def amount(minor: Any, currency: Any) -> int | float | None:
    """:return: ``minor`` units of ``currency`` in major units; None if it is no integer"""
    if not isinstance(minor, int) or isinstance(minor, bool) or abs(minor) >= 10**15:
        return None
    code = str(currency or "").upper()
    digits = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    major = Decimal(minor).scaleb(-digits)
    return int(major) if major == major.to_integral_value() else float(major)


def per_month(
    total: int | float | None, interval: Any, intervals: Any
) -> int | float | None:
    """:param total: of one billing period, which lasts ``intervals`` times ``interval`` (month, year)
    :return: its share of a month; None where the period is none of these
    """
    if total is None or not isinstance(interval, str) or interval not in MONTHS:
        return None
    periods = count(intervals)
    return round(total / (MONTHS[interval] * periods), 3) if periods else None


def as_it_is(data: Data) -> Data:
    """What no type of ours fits keeps its shape."""
    return data


def currency_of(obj: Mapping[str, Any], name: str = "currency") -> str | None:
    value = obj.get(name)
    return value.upper() if isinstance(value, str) else None


def epoch(value: Any, place: str, per_second: int = 1) -> datetime | None:
    """:param per_second: 1000 if ``value`` is in milliseconds
    :return: naive UTC, None if there is no value
    :raise BadEnvelope: naming the place
    """
    if value is None:
        return None
    unit = "seconds" if per_second == 1 else "milliseconds"
    if (
        not isinstance(value, int)
        or isinstance(value, bool)
        or not 0 <= value < MAX_TIME * per_second
    ):
        raise BadEnvelope(f"{place}: must be {unit} since the epoch")
    seconds, rest = divmod(value, per_second)
    moment = datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=rest * (1_000_000 // per_second))


def iso_of_epoch(value: Any) -> str | None:
    """:return: ISO 8601 of seconds since the epoch, None if it is no such number"""
    try:
        moment = epoch(value, "")
    except BadEnvelope:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def iso_time(value: Any, place: str) -> datetime | None:
    """:return: naive UTC of an ISO 8601 time, None if there is none
    :raise BadEnvelope: naming the place
    """
    return parse_time(value, place) if value not in (None, "") else None


def without_none(data: Data) -> Data:
    return {name: value for name, value in data.items() if value is not None}


def digest(value: Any) -> str:
    """:return: 32 hex digits that stand for a JSON value, whatever the order of its keys"""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
