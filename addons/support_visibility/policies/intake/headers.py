"""Mail headers of a length that a parser can take: reading one takes time that grows with its length squared."""

from __future__ import annotations

import re
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy

MOST = 2_000  # bytes of a header field that holds words: RFC 5322 asks for lines of at most 998
MOST_ADDRESSES = 16_000  # of one that holds many addresses or message ids
LONG = re.compile(
    rb"(to|cc|bcc|delivered-to|resent-to|resent-cc|references|in-reply-to)\s*:", re.I
)
FOLD = re.compile(rb"\r?\n(?![ \t])")
BLANK = re.compile(rb"\r?\n\r?\n")
BOUNDARY = re.compile(rb"\n--[^\r\n]{1,200}\r?\n")


def shortened(raw: bytes) -> bytes:
    """:return: the mail with fields that are too long cut, in its head and in the heads of its parts; else as it is"""
    pieces: list[bytes] = []
    done = 0
    starts = [0, *(found.end() for found in BOUNDARY.finditer(raw))]
    for start in starts:
        if start < done:
            continue
        blank = BLANK.search(raw, start)
        end = blank.start() if blank else len(raw)
        if end - start > MOST:
            pieces += [raw[done:start], _head(raw[start:end])]
            done = end
    return b"".join([*pieces, raw[done:]]) if pieces else raw


class _Once:
    """A header registry that parses each header once: called for a header, and asked for the class of a name."""

    def __init__(self, registry: HeaderRegistry):
        self._registry = registry
        self._parsed: dict[tuple[str, str], BaseHeader] = {}

    def __call__(self, name: str, value: str) -> BaseHeader:
        key = (name, value)
        if key not in self._parsed:
            self._parsed[key] = self._registry(name, value)
        return self._parsed[key]

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return self._registry[name]


def remembered(message: EmailMessage) -> None:
    """Have each header of a mail and of its parts parsed once; by itself a message parses it at every look."""
    policy = message.policy
    if not isinstance(policy, EmailPolicy):
        return
    registry = policy.header_factory
    if not isinstance(registry, HeaderRegistry):
        return  # it remembers already
    remembering = policy.clone(header_factory=_Once(registry))
    for part in message.walk():
        part.policy = remembering


def _head(block: bytes) -> bytes:
    fields = FOLD.split(block)
    return b"\r\n".join(_field(field) for field in fields)


def _field(field: bytes) -> bytes:
    most = MOST_ADDRESSES if LONG.match(field) else MOST
    if len(field) <= most:
        return field
    cut = field[:most]
    # never in the middle of an address or an encoded word
    place = max(cut.rfind(b" "), cut.rfind(b","), cut.rfind(b"\t"))
    return cut[:place].rstrip(b" ,\t\r\n") if place > most // 2 else cut
