"""Which files of a mail or form are taken, and the words about the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MB = 1024 * 1024
MAX_NAME_CHARS = 120
MAX_FILES = 50


@dataclass(frozen=True)
class File:
    name: str
    size: int  # bytes


@dataclass(frozen=True)
class Sorted:
    kept: tuple[int, ...]  # positions
    refused: tuple[int, ...]


def sort_files(files: Sequence[File], limit_mb: int) -> Sorted:
    """Take files in their order while all together fit; a file that does not is left, smaller ones after it may fit.

    :param limit_mb: of all files together; 0: any size
    """
    room = limit_mb * MB if limit_mb > 0 else math.inf
    kept: list[int] = []
    refused: list[int] = []
    for position, file in enumerate(files):
        fits = file.size <= room and len(kept) < MAX_FILES
        (kept if fits else refused).append(position)
        room -= file.size if fits else 0
    return Sorted(tuple(kept), tuple(refused))


def size_words(size: int) -> str:
    """:return: ``12.3 MB`` or ``45 KB``, never rounded down to nothing"""
    if size >= MB:
        return f"{size / MB:.1f} MB"
    return f"{max(1, math.ceil(size / 1024))} KB"


def safe_name(name: str | None) -> str:
    """:return: a file name without path, controls and line breaks; it may still hold markup, which views escape"""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in last if char.isprintable()).strip()
    if len(plain) > MAX_NAME_CHARS:
        stem, dot, ending = plain.rpartition(".")
        tail = dot + ending if stem and len(ending) <= 10 else ""
        plain = plain[: MAX_NAME_CHARS - len(tail)] + tail
    return plain or "file"
