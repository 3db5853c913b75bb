"""A database with event_hub and the benches' peers, and a server for it, on the durable cluster."""

import contextlib
import json
import os
import time
from pathlib import Path

import psycopg2

from . import addons, config, cpu, databases, paths, postgres
from .errors import SetupError
from .progress import step
from .server import Server

BENCH_ADDONS = paths.SCRIPTS / "bench_addons"
WORKERS = 2
ACCOUNTS = 1000
PLAIN, SET_BASED, PER_RECORD = "bench.plain", "bench.set", "bench.record"
PREPARE = f"""
from odoo import Command
user = env["res.users"].create({{
    "name": "Bench", "login": "bench",
    "group_ids": [Command.set([env.ref(group).id for group in (
        "base.group_user", "base.group_partner_manager", "event_hub.group_hub_service")])],
}})
source = env["event_hub.source"].create({{
    "code": "bench", "name": "Bench", "user_id": user.id,
    "rate_per_second": 1000000, "rate_burst": 1000000,
}})
env["res.partner"].create([
    {{"name": code, "is_company": True, "account_code": code}}
    for code in (f"ACC-{{number:04d}}" for number in range({ACCOUNTS}))
])
env["event_hub.event_type"].create([
    {{"code": code, "name": code, "data_schema": {{"type": "object", "required": ["invoice", "amount"]}}}}
    for code in ({PLAIN!r}, {SET_BASED!r}, {PER_RECORD!r})
])
partner = env["ir.model"]._get_id("res.partner")
for code, action in (
    ({SET_BASED!r}, {{"state": "code", "code":
        'env["saas_bench.row"].create([{{"body": event.ce_id}} for event in events])'}}),
    ({PER_RECORD!r}, {{"state": "object_write", "update_path": "ref", "value": "failed"}}),
):
    rule = env["base.automation"].create({{
        "name": code, "model_id": partner, "trigger": "on_business_event",
        "event_pattern": code, "owner_id": env.ref("base.user_admin").id,
    }})
    env["ir.actions.server"].create({{
        "name": code, "model_id": partner, "usage": "base_automation",
        "base_automation_id": rule.id, **action,
    }})
secret = source.action_rotate_secret()["secret"]
env.cr.commit()
print("@secret@" + secret)
"""


class Site:
    """The prepared database, and hands to look into it."""

    def __init__(self, ready, database, data, secret):
        self.ready = ready
        self.database = database
        self.secret = secret
        self._data = data
        env = ready.env
        self._place = {
            "host": env["PGHOST"],
            "port": env.get("PGPORT", "5432"),
            "user": env.get("PGUSER"),
            "password": env.get("PGPASSWORD"),
        }
        self.connection = self.connect()

    def connect(self, database=None):
        return psycopg2.connect(dbname=database or self.database, **self._place)

    def rows(self, sql, values=None):
        """What a query answers, read in a transaction of its own."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def tidy(self):
        """Do now what PostgreSQL would do in the background about the work that is done."""
        connection = self.connect()
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
                cursor.execute("CHECKPOINT")
        finally:
            connection.close()

    @contextlib.contextmanager
    def serving(self, cron_threads):
        """Yield a running ``Running`` with two workers."""
        port = config.free_port()
        options = {
            "data_dir": str(self._data),
            "db_name": self.database,
            "http_port": str(port),
            "gevent_port": str(config.free_port()),
            "workers": str(WORKERS),
            "max_cron_threads": str(cron_threads),
            "log_level": "warn",
        }
        name = f"bench-{os.getpid()}-{cron_threads}"
        ready = self.ready.write_conf(name, options, addons=[BENCH_ADDONS])
        server = Server(ready, port, paths.state() / "bench.log")
        try:
            server.wait_until_it_answers()
            yield Running(server, f"http://127.0.0.1:{port}", postmaster(ready))
        finally:
            server.stop()
            Path(ready.env["ODOO_RC"]).unlink(missing_ok=True)


class Running:
    def __init__(self, server, url, postmaster):
        self.url = url
        self.check = server.check
        self.server_pid = server.pid
        self._pids = [server.pid, *postmaster]

    def cpu_seconds(self):
        """Of server and PostgreSQL, since each began."""
        return sum(map(cpu.tree_seconds, self._pids))


@contextlib.contextmanager
def site(ready):
    database = f"saas_bench_{os.getpid()}"
    data = paths.ensure(paths.state() / "data/bench")
    options = {"data_dir": str(data), "db_name": database, "max_cron_threads": "0"}
    name = f"bench-{os.getpid()}"
    prepared = ready.write_conf(name, options, addons=[BENCH_ADDONS])
    found = None
    try:
        outside = addons.outside_dependencies(addons.names())  # as in the cache
        databases.create_base(ready.hasty(), database, data, outside)
        with step("Installing event_hub and the peers"):
            wanted = ("-i", "event_hub,saas_bench", "--stop-after-init", "--no-http")
            _checked(prepared.hasty(), *wanted)
            answer = _checked(prepared, "shell", "--no-http", stdin=PREPARE)
        secret = answer.partition("@secret@")[2].split()[0]
        found = Site(ready, database, data, secret)
        yield found
    finally:
        if found:
            found.connection.close()
        databases.drop(ready, database, data)
        Path(prepared.env["ODOO_RC"]).unlink(missing_ok=True)


def postmaster(ready):
    """:return: its process id in a list; an empty one if PostgreSQL is not ours"""
    data = ready.env.get(postgres.EMBEDDED)
    if not data:
        return []
    return [int((Path(data) / "postmaster.pid").read_text().split()[0])]


def _checked(ready, *args, stdin=""):
    done = ready.run(
        ready.odoo_command(*args), input=stdin, text=True, capture_output=True
    )
    if done.returncode or "@secret@" not in done.stdout and stdin:
        raise SetupError(
            f"the bench cannot be prepared: {done.stderr[-800:]}", "see above"
        )
    return done.stdout


def event(number, event_type=PLAIN):
    """A CloudEvent about one of the accounts in turn."""
    identity = os.urandom(16).hex()
    return {
        "specversion": "1.0",
        "id": identity,
        "source": "https://billing.example",
        "type": event_type,
        "subject": f"ACC-{number % ACCOUNTS:04d}",
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60)),
        "data": {
            "invoice": identity[:8],
            "amount": 120.5,
            "currency": "EUR",
            "attempt": 1,
        },
    }


def line(name, **values):
    """One line of scripts/bench as the contract has it."""
    shape = {
        "bench": "hub",
        "name": name,
        "n": None,
        "rounds": None,
        "value": None,
        "unit": None,
        "cpu_s": None,
        "peer": None,
        "peer_value": None,
        "ratio": None,
        "target": None,
        "ok": None,
    }
    return shape | values


def show(lines):
    """Print the lines; :return: whether all of them are well"""
    good = True
    for one in lines:  # some are measured only as they are asked for
        print(json.dumps(one), flush=True)
        good &= one["ok"]
    return good
