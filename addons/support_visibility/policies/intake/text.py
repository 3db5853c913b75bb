"""Words from outside, made fit for a title or a header."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

REPLY_MARK = re.compile(r"^\s*(?:(?:re|aw|fw|fwd|wg|sv|antw|tr|rif)\s*:\s*)+", re.I)
READ_CHARS = 5000  # of a subject, however long it is


def title(subject: str | None, most: int, empty: str) -> str:
    """:return: one line of at most ``most`` characters, without reply marks; ``empty`` if nothing is left"""
    words = " ".join(
        "".join(
            char if char.isprintable() else " " for char in (subject or "")[:READ_CHARS]
        ).split()
    )
    plain = REPLY_MARK.sub("", words).strip() or words
    if len(plain) > most:
        plain = plain[: most - 1].rstrip() + "…"
    return plain or empty


def cut(text: str | None, most: int) -> str:
    """:return: ``text`` without what a database does not store, cut with a mark where it ends early"""
    plain = (text or "").replace("\x00", "").strip()
    return plain if len(plain) <= most else plain[: most - 2].rstrip() + " …"


def decoded(header: object) -> str:
    """:return: a mail header as text, with a mark where its charset is unknown or broken"""
    parts: list[str] = []
    try:
        found = decode_header(str(header or "")[:READ_CHARS])
    except HeaderParseError:
        return str(header)[:READ_CHARS]
    for content, charset in found:
        parts.append(_text(content, charset))
    return "".join(parts)


def _text(content: bytes | str, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode(charset or "ascii", "replace")
    except LookupError:  # a charset nobody knows
        return content.decode("ascii", "replace")
