"""What is kept of a search: words, never a person; and how often one place may search."""

from __future__ import annotations

import re

from . import words

MAX_KEPT_CHARS = 80
KEPT_DAYS = 90
PLACE_MINUTES = (
    10  # the window; the digest of a net address is kept no longer than an hour
)
MOST_BY_PLACE = 300  # an office shares one address of the net
PAGES_PER_SECOND, PAGES_AT_ONCE = 1.0, 120.0  # from one place
# An office shares one address of the net: three may say at once whether an article helped, then one a day.
VOICES_PER_SECOND, VOICES_AT_ONCE = 1 / 86_400, 3.0
LEAST_SCORE = 0.22  # a suggestion less fitting than this only distracts

_ADDRESS = re.compile(r"\S+@\S*")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]?\d[\d\s().\-/]{3,}\d|\b\w*\d{3,}\w*\b")


def kept(text: str | None) -> str:
    """:return: a search as the log keeps it: small letters; addresses, links and numbers are left out"""
    plain = words.usable(text)
    for pattern in (_ADDRESS, _LINK, _NUMBER):
        plain = pattern.sub(" ", plain)
    found = re.findall(r"\w+", plain.lower())
    return _cut(" ".join(found))


def _cut(text: str) -> str:
    if len(text) <= MAX_KEPT_CHARS:
        return text
    return text[: MAX_KEPT_CHARS + 1].rpartition(" ")[0] or text[:MAX_KEPT_CHARS]


def is_too_much(by_place: int) -> bool:
    """:param by_place: searches from one place within the window"""
    return by_place >= MOST_BY_PLACE


def rate(part: int, whole: int) -> float:
    """:return: percent, 0 if there is nothing to take a share of"""
    return round(100 * part / whole, 1) if whole else 0.0
