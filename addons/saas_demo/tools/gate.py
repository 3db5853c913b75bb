"""The gate before every demo route: reads odoo.conf and the request, asks the policy."""

import configparser
import functools

from odoo.http import request
from odoo.tools import config

from ..const import ENABLED, SECTION, TRUE_WORDS
from ..policies import access


@functools.lru_cache(maxsize=4)
def _enabled_in(path: str) -> bool:
    """`[saas_demo] enabled` of a configuration file. A missing file or section is a no."""
    parser = configparser.RawConfigParser()
    parser.read([path])
    return parser.get(SECTION, ENABLED, fallback="").strip().lower() in TRUE_WORDS


def enabled() -> bool:
    """Whether the configuration this server was started with switches the demo on."""
    return _enabled_in(config["config"] or "")


def may_provision() -> bool:
    """Whether a demo may be set up here: switched on and bound to loopback."""
    return access.bound_here(enabled=enabled(), interface=config["http_interface"])


def is_open() -> bool:
    """Whether the current request may see the demo's routes."""
    http = request.httprequest
    return access.open_to(
        enabled=enabled(),
        interface=config["http_interface"],
        remote=http.remote_addr,
        host=http.host,
        headers=http.headers.keys(),
    )


def require_open() -> None:
    """Answer 404, as for any unknown path, unless the demo is open to this request."""
    if not is_open():
        raise request.not_found()
