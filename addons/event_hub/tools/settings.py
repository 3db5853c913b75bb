"""The suite's own sections of odoo.conf, such as ``[event_hub]``. Odoo itself reads only ``[options]``."""

from __future__ import annotations

import configparser
import logging
import os

from odoo.tools import config

from ..policies.net_address import parse_allow_hosts

SECTION = "event_hub"

_logger = logging.getLogger(__name__)
_cache: tuple[tuple[str, int, int, int], dict[str, dict[str, str]]] | None = (
    None  # (file, its stamp), its sections
)


def section(name: str) -> dict[str, str]:
    """The section as it is on disk now, read again when the file changes; empty if there is none."""
    global _cache
    path = config["config"] or ""
    try:
        status = os.stat(path)
    except OSError:
        return {}
    stamp = path, status.st_mtime_ns, status.st_size, status.st_ino
    if _cache is None or _cache[0] != stamp:
        before = _cache[1] if _cache and _cache[0][0] == path else {}
        _cache = stamp, _read(path, before)
    return _cache[1].get(name, {})


def _read(path: str, before: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """:return: the sections of the file; ``before`` while it cannot be read, such as half written"""
    parser = configparser.RawConfigParser()
    try:
        parser.read([path])
    except (configparser.Error, UnicodeDecodeError):
        _logger.exception("%s cannot be read: what it said before goes on.", path)
        return before
    return {found: dict(parser[found]) for found in parser.sections()}


def _section() -> dict[str, str]:
    return section(SECTION)


def allow_hosts() -> frozenset[str]:
    """``HOST:PORT`` pairs that deliveries may reach although they are inner addresses."""
    return parse_allow_hosts(_section().get("allow_hosts", ""))


def secrets_dir() -> str:
    """The folder whose files may be secrets of sources; empty if there is none."""
    return _section().get("secrets_dir", "").strip()


def log_format() -> str:
    """``text`` (Odoo's own) or ``json`` (``tools/json_log.py``)."""
    return _section().get("log_format", "text").strip().lower()


def otel_service() -> str:
    """Name under which traces are exported by OpenTelemetry; empty: none are."""
    return _section().get("otel_service", "").strip()
