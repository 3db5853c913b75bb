"""The suite's own sections of odoo.conf, such as ``[event_hub]``. Odoo itself reads only ``[options]``."""

from __future__ import annotations

import configparser
import os

from odoo.tools import config

from ..policies.net_address import parse_allow_hosts

SECTION = "event_hub"

_cache: tuple[tuple[str, float], dict[str, dict[str, str]]] | None = (
    None  # (file, its mtime), its sections
)


def section(name: str) -> dict[str, str]:
    """The section as it is on disk now, read again when the file changes; empty if there is none."""
    global _cache
    path = config["config"] or ""
    try:
        stamp = path, os.stat(path).st_mtime
    except OSError:
        return {}
    if _cache is None or _cache[0] != stamp:
        parser = configparser.RawConfigParser()
        parser.read([path])
        _cache = stamp, {found: dict(parser[found]) for found in parser.sections()}
    return _cache[1].get(name, {})


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
