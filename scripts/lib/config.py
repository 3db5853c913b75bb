"""odoo.conf files, written for one run each."""

import configparser
import os
import random
import socket

from . import paths

ANY_PORT = (15000, 32000)
BASE = {
    "http_interface": "127.0.0.1",
    "list_db": "False",
    "proxy_mode": "False",
    "without_demo": "True",
    "max_cron_threads": "2",
    "limit_time_real": "600",
    "limit_time_cpu": "600",
}


def free_port(preferred=0):
    """The preferred port of 127.0.0.1 if it is free, else 0; without preference any free one.

    Any: below those that the system gives to outgoing connections, which could take it meanwhile.
    """
    if not preferred:
        ports = random.sample(range(*ANY_PORT), 100)
        return next(port for port in ports if free_port(port))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return 0
        return preferred


def write(name, odoo, options, sections=None, addons=()):
    """Write `.runtime/conf/<name>.conf` and return its path."""
    own = [odoo.addons.parents[1] / "addons", paths.ADDONS, *addons]
    search = [str(folder) for folder in own if any(folder.glob("*/__manifest__.py"))]
    content = configparser.RawConfigParser()
    content["options"] = BASE | {"addons_path": ",".join(search)} | options
    for section, values in (sections or {}).items():
        content[section] = values
    target = paths.ensure(paths.state() / "conf") / f"{name}.conf"
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    with open(temporary, "w") as handle:
        content.write(handle)
    temporary.replace(target)
    return target
