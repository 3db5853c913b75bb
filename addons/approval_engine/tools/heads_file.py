"""The file outside the database to which the head of every seal is appended."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from odoo.addons.event_hub.tools import settings

from ..policies import sealing

CHUNK = 1 << 16  # bytes read at a time, from the end


def configured() -> Path | None:
    """``[approval_engine] audit_heads`` of odoo.conf; None: heads stay in the database only."""
    path = settings.section("approval_engine").get("audit_heads", "").strip()
    return Path(path) if path else None


def read(path: Path, database: str) -> sealing.Outside:
    """:raise OSError: if the file cannot be read"""
    with open(path, encoding="utf-8", errors="replace") as lines:
        return sealing.read_heads(lines, database)


def last_head(path: Path, database: str) -> sealing.Head | None:
    """:return: the head of ``database`` that was published last; None without one, or without the file
    :raise OSError: if the file cannot be read
    """
    if not path.exists():
        return None
    with open(path, "rb") as file:
        for line in _backwards(file):
            told = sealing.parse_line(line.decode("utf-8", "replace"))
            if told and told.get("db") == database:
                return None if "begins" in told else sealing.as_head(told)
    return None


def append(path: Path, lines: str) -> None:
    """Append whole lines, on the disk when this returns; a line torn by a crash before is ended first.

    :raise OSError: if that is not possible
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # other databases may use it, too
        size = os.fstat(descriptor).st_size
        torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        _write(descriptor, ("\n" * bool(torn) + lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if is_new:
        _sync_folder(path.parent)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _backwards(file) -> Iterator[bytes]:
    """:return: the lines of a file, the last one first"""
    place = file.seek(0, os.SEEK_END)
    rest = b""
    while place:
        size = min(CHUNK, place)
        place -= size
        file.seek(place)
        rest, *lines = (file.read(size) + rest).split(b"\n")
        yield from reversed(lines)
    if rest:
        yield rest
