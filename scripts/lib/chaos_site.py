"""A server of event_hub that may be killed: cluster, database and state of its own."""

import contextlib
import json
import os
from pathlib import Path

from . import addons, config, databases, machine, paths, postgres
from .progress import say, step
from .server import Server

FIXTURE = "test_event_hub"
DATABASE = "saas_chaos"
TEMPLATE = "saas_chaos_tpl_"  # and what it depends on
SECRET = "saas_chaos.secret"
LOG = "chaos.log"


class Site:
    """One served database, with hands to break it."""

    def __init__(self, ready, cluster, port, log):
        self._ready = ready
        self._cluster = cluster
        self._port = port
        self.log = log
        self.url = f"http://127.0.0.1:{port}"
        self.secret = self.query(
            f"SELECT value FROM ir_config_parameter WHERE key = '{SECRET}'"
        )
        self._server = None

    def start(self):
        self._server = Server(self._ready, self._port, self.log)
        self._server.wait_until_it_answers()

    def kill(self):
        """Kill the server as it works, and start it again."""
        self._server.kill()
        self.start()

    def crash_postgres(self):
        """The server goes on: it has to find the way back by itself."""
        self._cluster.crash()

    def check(self):
        self._server.check()

    def stop(self):
        if self._server:
            self._server.stop()

    def query(self, sql):
        return postgres.query(self._ready.env, sql, DATABASE)

    def rows(self, sql):
        """The first column of a query, read as JSON."""
        return json.loads(
            self.query(f"SELECT coalesce(json_agg(row), '[]') FROM ({sql}) AS t(row)")
        )


@contextlib.contextmanager
def site(prepare):
    """Yield a running Site whose database was filled by ``prepare``, code for Odoo's shell."""
    home = paths.ensure(paths.state() / "chaos")
    with (
        paths.locked(home / "lock", "scripts/chaos"),
        machine.crashing("chaos") as (ready, cluster),
    ):
        data = paths.ensure(home / "data")
        databases.drop(ready, DATABASE, data)
        template = _template(ready, data, prepare)
        databases.copy(ready, template, DATABASE, data)
        port = config.free_port()
        ready = ready.write_conf(f"chaos-{os.getpid()}", _options(data, port))
        found = Site(ready, cluster, port, home / LOG)
        try:
            say("Starting Odoo")
            found.start()
            yield found
        finally:
            found.stop()
            Path(ready.env["ODOO_RC"]).unlink(missing_ok=True)
            databases.drop(ready, DATABASE, data)


def _options(data, port):
    """As scripts/serve has it."""
    return {
        "data_dir": str(data),
        "db_name": DATABASE,
        "http_port": str(port),
        "gevent_port": str(config.free_port()),
        "workers": "0",
        "max_cron_threads": "8",
        "limit_time_real_cron": "900",
        "log_level": "warn",
    }


def _template(ready, data, prepare):
    """The name of a prepared database, made when what it depends on has changed."""
    prints = [addons.fingerprint(name) for name in ("event_hub", FIXTURE)]
    name = TEMPLATE + paths.digest(ready.odoo.key, ready.venv.name, prints, prepare)
    if postgres.exists(ready.env, name):
        return name
    known = postgres.query(ready.env, "SELECT datname FROM pg_database").splitlines()
    for old in known:
        if old.startswith(TEMPLATE):
            databases.drop(ready, old, data)
    unfinished, hasty = f"{TEMPLATE}part", ready.hasty()
    outside = addons.outside_dependencies(addons.names())  # as in the cache
    databases.create_base(hasty, unfinished, data, outside)
    with step(f"Installing event_hub and {FIXTURE}"):
        databases.install(hasty, unfinished, data, [FIXTURE])
        databases.shell(hasty, unfinished, data, prepare)
    databases.rename(ready, unfinished, name, data)
    return name
