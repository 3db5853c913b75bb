"""Regular expressions that others wrote, matched in a time that grows with the text alone.

RE2 knows no look-around and no back references (https://github.com/google/re2/wiki/Syntax); in
return no pattern can hold the server with a short text, as Python's own `re` can.
"""

from __future__ import annotations

import functools

import re2

CACHED = 1000  # patterns
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class UnusablePattern(ValueError):
    """A pattern that RE2 does not know."""


@functools.lru_cache(CACHED)
def _compiled(pattern: str) -> re2._Regexp:
    try:
        return re2.compile(pattern, _OPTIONS)
    except (re2.error, UnicodeEncodeError) as error:
        words = error.args[0]
        why = words.decode(errors="replace") if isinstance(words, bytes) else words
        raise UnusablePattern(f"{pattern[:100]!r} cannot be matched: {why}") from error


def search(pattern: str, text: str) -> bool:
    """:return: whether ``pattern`` fits somewhere in ``text``
    :raises UnusablePattern: RE2 does not know it
    """
    # A half of a character has no UTF-8 of its own; it fits what any unknown sign fits.
    plain = text.encode("utf-8", "replace").decode()
    return _compiled(pattern).search(plain) is not None


def problem(pattern: str) -> str | None:
    """:return: why ``pattern`` cannot be used, None if it can"""
    try:
        _compiled(pattern)
    except UnusablePattern as error:
        return str(error)
    return None
