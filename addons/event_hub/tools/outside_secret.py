"""Secrets that are kept outside the database: in the environment, or in a file."""

from __future__ import annotations

import os
from pathlib import Path

from ..policies import shared_secret
from . import settings

PREFIX = "EVENT_HUB_SECRET_"
MAX_BYTES = 4096  # of a file

_files: dict[str, tuple[tuple[int, ...], list[str]]] = {}  # path: (its stamp, secrets)


def live(origin: str, name: str) -> list[str]:
    """:param origin: ``environment`` or ``file``
    :return: the secrets that are good now, the newest first; none if there is no such place
    """
    if shared_secret.place_problem(origin, name):
        return []
    if origin == "environment":
        return shared_secret.live_of(os.environ.get(f"{PREFIX}{name}", ""))
    return _of_file(name)


def _of_file(name: str) -> list[str]:
    """Read again when the file changes, so that rotation needs no restart."""
    folder = settings.secrets_dir()
    if not folder:
        return []
    path = Path(folder) / name
    try:
        status = path.stat()
        # A file put in the place of another may have its time and its size.
        stamp = (
            status.st_mtime_ns,
            status.st_size,
            status.st_ino,
            status.st_ctime_ns,
        )
        known = _files.get(str(path))
        if known is None or known[0] != stamp:
            text = path.read_bytes()[:MAX_BYTES].decode("utf-8-sig")
            known = _files[str(path)] = stamp, shared_secret.live_of(text)
    except (OSError, UnicodeDecodeError):
        return []
    return known[1]
