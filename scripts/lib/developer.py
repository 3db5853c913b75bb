"""scripts/setup, scripts/odoo and scripts/shell: Odoo by hand, on the test cluster."""

import argparse
import os

from . import config, machine, paths, postgres
from .errors import SetupError
from .progress import say


def setup(_args):
    odoo, venv = machine.prepare()
    say(f"Odoo: {odoo.program}")
    say(f"Python: {venv / 'bin/python'}")
    return 0


def odoo(args):
    with machine.running("test", durable=False) as ready:
        return _with_developer_conf(ready, args)


def shell(args):
    parser = argparse.ArgumentParser(
        prog="scripts/shell", description="Open an Odoo shell."
    )
    parser.add_argument("--db", help="database; default: the one of scripts/serve")
    parser.add_argument(
        "--test", action="store_true", help="look on the test cluster (scripts/odoo)"
    )
    options, rest = parser.parse_known_args(args)
    cluster = (
        "test" if options.test or (options.db and not _served(options.db)) else "serve"
    )
    database = options.db or "saas"
    with machine.running(cluster, durable=cluster == "serve") as ready:
        if not postgres.exists(ready.env, database):
            raise SetupError(
                f"there is no database {database}",
                "name one with --db, or run scripts/serve first",
            )
        return _with_developer_conf(
            ready, ["shell", "-d", database, "--no-http", *rest], cluster
        )


def _served(database):
    return (paths.state() / "data" / "serve" / "filestore" / database).exists()


def _with_developer_conf(ready, args, cluster="test"):
    name = f"dev-{os.getpid()}"
    options = {
        "data_dir": str(paths.ensure(paths.state() / "data" / cluster)),
        "http_port": str(config.free_port()),
        "gevent_port": str(config.free_port()),
        "max_cron_threads": "0",
    }
    ready = ready.write_conf(name, options)
    try:
        return ready.run(ready.odoo_command(*args)).returncode
    finally:
        os.unlink(ready.env["ODOO_RC"])
