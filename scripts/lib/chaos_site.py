"""A server that may be killed: cluster, database and state of its own."""

import contextlib
import json
import os
from pathlib import Path

from . import addons, config, databases, machine, paths, postgres, template
from .errors import SetupError
from .progress import say, step
from .server import Server

FIXTURE = "test_event_hub"
DATABASE = "saas_chaos"
TEMPLATE = "saas_chaos_tpl_"  # fixture, and what it depends on
SECRET = "saas_chaos.secret"
LOG = "chaos.log"


class Site:
    """One served database, with hands to break it."""

    def __init__(self, places, cluster, log, template):
        """:param places: [(machine with the configuration of one server, its port)]"""
        self._places = places
        self._ready = places[0][0]
        self._template = template
        self._cluster = cluster
        self.log = log
        self.urls = [f"http://127.0.0.1:{port}" for _ready, port in places]
        self.url = self.urls[0]
        self.secret = self.query(
            f"SELECT value FROM ir_config_parameter WHERE key = '{SECRET}'"
        )
        self._servers = []

    def start(self):
        for ready, port in self._places:
            self._servers.append(Server(ready, port, self.log))
        for server in self._servers:
            server.wait_until_it_answers()

    def kill(self):
        """Kill the server as it works, and start it again."""
        for server in self._servers:
            server.kill()
        self._servers.clear()
        self.start()

    def crash_postgres(self):
        """The server goes on: it has to find the way back by itself."""
        self._cluster.crash()

    def check(self):
        for server in self._servers:
            server.check()

    def stop(self):
        for server in self._servers:
            server.stop()
        self._servers.clear()

    @contextlib.contextmanager
    def copies(self, count):
        """Yield names of databases as this one was, for work that is never committed."""
        data = paths.state() / "chaos" / "data"
        names = [f"{DATABASE}_{number}" for number in range(count)]
        try:
            for name in names:
                databases.drop(self._ready, name, data)
                databases.copy(self._ready, self._template, name, data)
            yield names
        finally:
            for name in names:
                databases.drop(self._ready, name, data)

    def shell(self, database, code):
        """Run code in Odoo's shell.

        :return: what it printed last, read as JSON
        """
        command = self._ready.odoo_command("shell", "-d", database, "--no-http")
        done = self._ready.run(command, input=code, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        if done.returncode or not lines:
            raise SetupError("a run ended early", done.stderr[-2000:])
        return json.loads(lines[-1])

    def query(self, sql):
        return postgres.query(self._ready.env, sql, DATABASE)

    def rows(self, sql):
        """The first column of a query, read as JSON."""
        return json.loads(
            self.query(f"SELECT coalesce(json_agg(row), '[]') FROM ({sql}) AS t(row)")
        )


@contextlib.contextmanager
def site(prepare, fixture=FIXTURE, addon="event_hub", servers=1):
    """Yield a running Site whose database was filled by ``prepare``, code for Odoo's shell.

    :param fixture: the addon to install, which tests ``addon``
    :param servers: so many server processes of the one database
    """
    home = paths.ensure(paths.state() / "chaos")
    with (
        paths.locked(home / "lock", "scripts/chaos"),
        machine.crashing("chaos", template.base()) as (ready, cluster),
    ):
        data = paths.ensure(home / "data")
        databases.drop(ready, DATABASE, data)
        prepared = _template(ready, data, prepare, (addon, fixture))
        databases.copy(ready, prepared, DATABASE, data)
        places = [_place(ready, number, data) for number in range(servers)]
        found = Site(places, cluster, home / LOG, prepared)
        try:
            say("Starting Odoo")
            found.start()
            yield found
        finally:
            found.stop()
            for own, _port in places:
                Path(own.env["ODOO_RC"]).unlink(missing_ok=True)
            databases.drop(ready, DATABASE, data)


def _place(ready, number, data):
    port = config.free_port()
    name = f"chaos-{os.getpid()}-{number}"
    return ready.write_conf(name, _options(data, port)), port


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


def _template(ready, data, prepare, wanted):
    """The name of a prepared database, made when what it depends on has changed."""
    prints = [addons.fingerprint(name) for name in wanted]
    ours = f"{TEMPLATE}{wanted[-1]}_"
    name = ours + paths.digest(ready.odoo.key, ready.venv.name, prints, prepare)
    if postgres.exists(ready.env, name):
        return name
    known = postgres.query(ready.env, "SELECT datname FROM pg_database").splitlines()
    for old in known:
        if old.startswith(ours):
            databases.drop(ready, old, data)
    unfinished, hasty = f"{ours}part", ready.hasty()
    databases.create_base(hasty, unfinished, data, template.base())
    with step(f"Installing {' and '.join(wanted)}"):
        databases.install(hasty, unfinished, data, [wanted[-1]], prepare)
    databases.rename(ready, unfinished, name, data)
    return name
