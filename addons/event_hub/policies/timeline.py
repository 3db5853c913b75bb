"""What a reader asks a timeline for, from loose JSON to frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

DEFAULT_LIMIT = 40  # lines at once
MAX_LIMIT = 200
MAX_TEXT = 100  # characters searched for
KEYS = frozenset({"kinds", "types", "search", "from", "to", "story"})
DETAILS = 4  # attributes told with a line
MAX_DETAIL = 80  # characters of one
SHORT_WORDS = {
    word.lower(): word
    for word in (
        "AI",
        "API",
        "ARR",
        "CRM",
        "CSM",
        "ID",
        "IP",
        "MRR",
        "SLA",
        "URL",
        "UTC",
    )
}
_CODE = re.compile(r"[a-z]+(_[a-z]+)+", re.ASCII)  # such as past_due


class BadFilter(ValueError):
    """``key`` names what cannot be used; the message says why."""

    def __init__(self, key: str, why: str):
        super().__init__(f"{key}: {why}")
        self.key = key


@dataclass(frozen=True)
class Filters:
    kinds: tuple[str, ...] = ()  # first parts of types, such as billing
    types: tuple[str, ...] = ()
    search: str = ""
    since: datetime | None = None  # naive UTC, inclusive
    until: datetime | None = None  # naive UTC, exclusive
    story: bool = False  # also what belongs to the same stories


@dataclass(frozen=True)
class Mark:
    """The last line that was shown; the next ones lie before it."""

    at: datetime  # naive UTC
    id: int

    def __str__(self) -> str:
        return f"{instant(self.at)}/{self.id}"


def instant(moment: datetime) -> str:
    """:param moment: naive UTC
    :return: ISO 8601 with microseconds and ``Z``
    """
    return moment.isoformat(timespec="microseconds") + "Z"


def parse_filters(raw: object) -> Filters:
    """:raise BadFilter: if a key is unknown or its value of the wrong kind"""
    if raw is None:
        return Filters()
    if not isinstance(raw, Mapping):
        raise BadFilter("filters", "not an object")
    unknown = sorted(str(key) for key in raw.keys() - KEYS)
    if unknown:
        raise BadFilter(unknown[0], f"unknown; known are {', '.join(sorted(KEYS))}")
    story = raw.get("story", False)
    if not isinstance(story, bool):
        raise BadFilter("story", "neither true nor false")
    return Filters(
        kinds=_texts(raw, "kinds"),
        types=_texts(raw, "types"),
        search=_text(raw),
        since=_moment("from", raw.get("from")),
        until=_moment("to", raw.get("to")),
        story=story,
    )


def parse_mark(raw: object) -> Mark | None:
    """:raise BadFilter: if it is not what the answer before gave as ``next``"""
    if not raw:
        return None
    at, slash, id_ = raw.partition("/") if isinstance(raw, str) else ("", "", "")
    moment = _moment("before", at) if slash and len(id_) < 19 else None
    if moment is None or not (id_.isascii() and id_.isdigit()):
        raise BadFilter("before", "not what the last answer gave as next")
    return Mark(moment, int(id_))


def parse_limit(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise BadFilter("limit", "no number above 0")
    return min(raw, MAX_LIMIT)


def details(attributes: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The first few attributes that one can read in a line, as text."""
    found = []
    for name, value in (attributes or {}).items():
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            whole = isinstance(value, float) and value.is_integer()
            text = str(int(value)) if whole else str(value)
            if text:
                short = (
                    text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
                )
                found.append(
                    (
                        label(name),
                        short.replace("_", " ") if _CODE.fullmatch(short) else short,
                    )
                )
    return found[:DETAILS]


def label(name: str) -> str:
    """The name of an attribute as people write it: ``decline_code`` is *Decline code*, ``mrr`` is *MRR*."""
    words = [SHORT_WORDS.get(word, word) for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _texts(raw: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = raw.get(key) or ()
    if not isinstance(values, (list, tuple)) or not all(
        isinstance(value, str) for value in values
    ):
        raise BadFilter(key, "not a list of texts")
    return tuple(values)


def _text(raw: Mapping[str, object]) -> str:
    value = raw.get("search") or ""
    if not isinstance(value, str):
        raise BadFilter("search", "not a text")
    return value.strip()[:MAX_TEXT]


def _moment(key: str, raw: object) -> datetime | None:
    if not raw:
        return None
    try:
        if not isinstance(raw, str):
            raise ValueError
        moment = datetime.fromisoformat(raw.replace("Z", "+00:00"))
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise BadFilter(key, "no time in ISO 8601") from None
    return moment
