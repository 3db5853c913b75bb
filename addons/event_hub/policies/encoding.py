"""Compressed bodies, without letting a small one become a large one."""

from __future__ import annotations

import zlib

MAX_RATIO = (
    200  # of plain to compressed bytes; JSON of repeated events reaches about 50
)
FREE_BYTES = 64 * 1024  # a body up to this may have any ratio
ENCODINGS = ("identity", "gzip")

_GZIP = 16 + zlib.MAX_WBITS  # zlib's way to say: with a gzip header


class TooLarge(ValueError):
    """The body becomes longer than the source allows."""


class BadEncoding(ValueError):
    """The body is not what its Content-Encoding says."""


def known(content_encoding: str | None) -> bool:
    return _name(content_encoding) in ENCODINGS


def decode(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """Decompress one body; never holds more than ``limit`` bytes and one of what comes out.

    :param content_encoding: of ``ENCODINGS``
    :param limit: bytes of the plain body
    :raise TooLarge: by size or by ratio
    :raise BadEncoding: if it is cut off, corrupt, or followed by something else
    """
    if _name(content_encoding) == "identity":
        return body
    allowed = min(limit, max(FREE_BYTES, MAX_RATIO * len(body)))
    gzip = zlib.decompressobj(_GZIP)
    try:
        plain = gzip.decompress(body, allowed + 1)
    except zlib.error:
        raise BadEncoding(
            "the body is not gzip, as its Content-Encoding says"
        ) from None
    if len(plain) > allowed:
        raise TooLarge(f"The body is longer than {allowed} bytes once decompressed.")
    if not gzip.eof:
        raise BadEncoding("the gzip body ends too early")
    if gzip.unused_data:
        raise BadEncoding("something follows the gzip body")
    return plain


def _name(content_encoding: str | None) -> str:
    return (content_encoding or "").strip().lower() or "identity"
