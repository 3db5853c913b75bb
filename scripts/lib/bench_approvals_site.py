"""A database with approval_engine, its people and policies, for scripts/bench approvals."""

import contextlib
import json
import os
import textwrap
from pathlib import Path

from . import addons, bench_site, config, databases, paths
from .errors import SetupError
from .progress import step
from .server import Server

PASSWORD = "bench approvals"
SAID = "@said@"
PREPARE = f"""
from odoo import Command

def person(login, group):
    return env["res.users"].with_context(no_reset_password=True).create({{
        "name": login.title(), "login": login, "password": {PASSWORD!r},
        "group_ids": [Command.set([env.ref("base.group_user").id, env.ref("approval_engine." + group).id])],
    }})

asker, few, many = (person(login, "group_approval_user") for login in ("asker", "few", "many"))
others = env["res.users"].union(*(person(f"other{{n}}", "group_approval_user") for n in range(20)))
owner = person("owner", "group_approval_manager")
env["res.partner"].create([{{"name": f"Account {{n}}", "is_company": True}} for n in range(50)])

def policy(code, *people):
    kind = env["approval_engine.type"].create({{"code": code, "name": code.title()}})
    made = env["approval_engine.policy"].create({{
        "name": code.title(), "type_id": kind.id, "owner_id": owner.id,
        "step_ids": [
            Command.create({{"sequence": at, "name": f"Step {{at}}", "user_ids": [Command.set(users.ids)]}})
            for at, users in enumerate(people, 1)
        ],
    }})
    made.action_activate()

policy("three", many | few, others[0] | others[1], others[2])
policy("mine", many, others[3], others[4])
policy("little", few, others[3], others[4])
policy("theirs", others[5:8], others[3], others[4])
env.cr.commit()
say({{}})
"""
SAY = f"""
import json
def say(found):
    print({SAID!r} + json.dumps(found))
"""


class Site(bench_site.Site):
    """See the parent; with a shell that answers, and a server whose log says what each request took."""

    def ask(self, code, **known):
        """Run code in an Odoo shell; it calls ``say`` with its answer.

        :param known: names that the code knows
        """
        given = "".join(f"{name} = {value!r}\n" for name, value in known.items())
        return _ask(self._prepared, SAY + given + textwrap.dedent(code))

    @contextlib.contextmanager
    def serving(self):
        """A running server with two workers, at ``url``, with its ``log``; ``running`` tells what it spends."""
        port = config.free_port()
        options = {
            "data_dir": str(self._data),
            "db_name": self.database,
            "http_port": str(port),
            "gevent_port": str(config.free_port()),
            "workers": str(bench_site.WORKERS),
            "max_cron_threads": "0",
            "log_level": "info",
        }
        ready = self.ready.write_conf(f"bench-{os.getpid()}-web", options)
        self.url, self.log = (
            f"http://127.0.0.1:{port}",
            paths.state() / f"bench-{os.getpid()}.log",
        )
        server = Server(ready, port, self.log)
        try:
            server.wait_until_it_answers()
            self.running = bench_site.Running(
                server, self.url, bench_site.postmaster(ready)
            )
            yield
        finally:
            server.stop()
            Path(ready.env["ODOO_RC"]).unlink(missing_ok=True)
            self.log.unlink(missing_ok=True)


@contextlib.contextmanager
def site(ready, addon="approval_engine", prepare=PREPARE, peer=None):
    """A database with one addon and what ``prepare``, code for an Odoo shell, puts into it.

    :param peer: an addon of the benches to compare with, in the same database
    """
    database = f"saas_bench_{os.getpid()}"
    data = paths.ensure(paths.state() / "data/bench")
    options = {"data_dir": str(data), "db_name": database, "max_cron_threads": "0"}
    peers = [bench_site.BENCH_ADDONS] if peer else []
    prepared = ready.write_conf(f"bench-{os.getpid()}", options, addons=peers)
    found = None
    try:
        outside = addons.outside_dependencies(addons.names())  # as in the cache
        databases.create_base(ready.hasty(), database, data, outside)
        with step(f"Installing {addon} and what is measured with it"):
            databases.install(ready.hasty(), database, data, [addon])
            if peer:
                _install(prepared.hasty(), peer)
            _ask(prepared, SAY + prepare)
        found = Site(ready, database, data, None)
        found._prepared = prepared
        yield found
    finally:
        if found:
            found.connection.close()
        databases.drop(ready, database, data)
        Path(prepared.env["ODOO_RC"]).unlink(missing_ok=True)


def _install(prepared, peer):
    done = prepared.run(
        prepared.odoo_command("-i", peer, "--stop-after-init", "--no-http"),
        text=True,
        capture_output=True,
    )
    if done.returncode:
        raise SetupError(
            f"the peer cannot be installed: {done.stderr[-800:]}", "see above"
        )


def _ask(prepared, code):
    """:return: what the code in the shell said"""
    command = prepared.odoo_command("shell", "--no-http", "--log-level=warn")
    done = prepared.run(command, input=code, text=True, capture_output=True)
    said = [line for line in done.stdout.splitlines() if SAID in line]
    if done.returncode or not said:
        raise SetupError(
            f"the bench failed: {done.stdout[-400:]} {done.stderr[-800:]}", "see above"
        )
    return json.loads(said[-1].partition(SAID)[2])


def line(name, **values):
    return bench_site.line(name, bench="approvals", **values)
