"""From the bytes a person uploaded to lines of text: gzip, size and encoding."""

import base64
import binascii
import hashlib
import io
import zlib
from collections.abc import Iterator

from .refusal import Refusal

_GZIP_MAGIC = b"\x1f\x8b"


def decode_upload(data_base64: str | bytes, max_bytes: int) -> bytes:
    """The uncompressed content.

    :raises Refusal: ``not_base64``, ``bad_gzip``, ``too_large``, ``empty_file``
    """
    try:
        raw = base64.b64decode(data_base64, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Refusal("not_base64") from error
    content = _gunzip(raw, max_bytes) if raw.startswith(_GZIP_MAGIC) else raw
    if len(content) > max_bytes:
        raise Refusal("too_large", limit_mb=max_bytes // 2**20)
    if not content.strip():
        raise Refusal("empty_file")
    return content


def _gunzip(raw: bytes, max_bytes: int) -> bytes:
    """Inflate member after member and stop at the limit: a small file may hide a huge one."""
    content = bytearray()
    while raw.startswith(_GZIP_MAGIC):
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            content += inflater.decompress(raw, max_bytes + 1 - len(content))
        except zlib.error as error:
            raise Refusal("bad_gzip", why=str(error)) from error
        if len(content) > max_bytes:
            raise Refusal("too_large", limit_mb=max_bytes // 2**20)
        if not inflater.eof:
            raise Refusal("bad_gzip", why="the file ends too early")
        raw = inflater.unused_data
    return bytes(content)


def digest(content: bytes) -> str:
    """SHA-256 of the uncompressed content: the same log counts once, zipped or not."""
    return hashlib.sha256(content).hexdigest()


def lines_of(content: bytes) -> Iterator[str]:
    """The lines as text with their ends, UTF-8 with or without byte order mark.

    :raises Refusal: ``not_utf8`` with the line, while iterating
    """
    stream = io.BytesIO(content)
    for number, line in enumerate(stream, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise Refusal("not_utf8", line=number) from error
