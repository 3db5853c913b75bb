"""A file that a person uploaded: gzip, size and encoding.

What is zipped is never unpacked as a whole: each look reads it through, so that memory holds the upload and a little
more, however large the file is that it holds.
"""

import base64
import binascii
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .refusal import Refusal

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1024 * 1024  # bytes unpacked at once
_SLICE = 64 * 1024  # bytes of the zipped file looked at in one go
_MOST_MEMBERS = 100_000  # a file zipped in parts; each costs a little time
#: No line of an event log is longer; one without end would fill the memory.
MAX_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Measures:
    """Of the unpacked file.

    :param size: bytes
    :param line_ends: how many
    :param digest: SHA-256 (hex): the same log counts once, zipped or not
    """

    size: int
    line_ends: int
    digest: str


@dataclass(frozen=True)
class Upload:
    """:param raw: as it came, zipped or not"""

    raw: bytes

    @classmethod
    def decode(cls, data_base64: str | bytes) -> "Upload":
        """:raises Refusal: ``not_base64``"""
        try:
            return cls(base64.b64decode(data_base64, validate=True))
        except (binascii.Error, ValueError, TypeError) as error:
            raise Refusal("not_base64") from error

    def stream(self) -> BinaryIO:
        """The unpacked bytes; ``bad_gzip`` is raised while reading."""
        if self.raw.startswith(_GZIP_MAGIC):
            return io.BufferedReader(_Unzipped(self.raw), _CHUNK)
        return io.BytesIO(self.raw)

    def measure(self, max_bytes: int) -> Measures:
        """Read it through once, and no further than ``max_bytes``: a small file may hide a huge one.

        :raises Refusal: ``bad_gzip``, ``too_large``, ``empty_file``
        """
        size, line_ends, is_blank, found = 0, 0, True, hashlib.sha256()
        stream = self.stream()
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(max_bytes)
            line_ends += chunk.count(b"\n")
            is_blank = is_blank and not chunk.strip()
            found.update(chunk)
        if is_blank:
            raise Refusal("empty_file")
        return Measures(size, line_ends, found.hexdigest())

    def content(self, max_bytes: int) -> bytes:
        """All of it at once.

        :raises Refusal: ``bad_gzip``, ``too_large``, ``empty_file``
        """
        content = self.stream().read(max_bytes + 1)
        if len(content) > max_bytes:
            raise _too_large(max_bytes)
        if not content.strip():
            raise Refusal("empty_file")
        return content

    def lines(self) -> Iterator[str]:
        """The lines as text with their ends, UTF-8 with or without byte order mark.

        :raises Refusal: ``not_utf8`` and ``long_line`` with the line, ``bad_gzip``, while iterating
        """
        stream, number = self.stream(), 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                raise Refusal(
                    "long_line", line=number, limit_mb=MAX_LINE_BYTES // 2**20
                )
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise Refusal("not_utf8", line=number) from error


def _too_large(max_bytes: int) -> Refusal:
    return Refusal("too_large", limit_mb=max_bytes // 2**20)


class _Unzipped(io.RawIOBase):
    """Member after member of a gzip file; what follows the last one is no part of it."""

    def __init__(self, raw: bytes) -> None:
        super().__init__()
        self._chunks = _unzipped(raw)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._chunks, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _unzipped(raw: bytes) -> Iterator[bytes]:
    """:return: the unpacked bytes, never an empty chunk"""
    view, at, members = memoryview(raw), 0, 0
    while bytes(view[at : at + 2]) == _GZIP_MAGIC:
        members += 1
        if members > _MOST_MEMBERS:
            raise Refusal("bad_gzip", why="it has too many parts")
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while not inflater.eof:
            part = view[at : at + _SLICE]
            try:
                chunk = inflater.decompress(part, _CHUNK)
            except zlib.error as error:
                raise Refusal("bad_gzip", why=str(error)) from error
            left = len(inflater.unconsumed_tail) + len(inflater.unused_data)
            at += len(part) - left
            if chunk:
                yield chunk
            elif not part and not inflater.eof:
                raise Refusal("bad_gzip", why="the file ends too early")
