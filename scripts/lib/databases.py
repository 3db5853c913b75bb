"""Make, fill, copy and drop databases, with the files that belong to them."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from . import paths, postgres, python_env
from .errors import SetupError
from .progress import say, step

CLUSTER = "cluster"  # beside a dump: one that holds its database
ASSETS = """
def prepare(js, css):
    for names, is_js in ((js, True), (css, False)):
        for name in names:
            bundle = env["ir.qweb"]._get_asset_bundle(name, css=not is_js, js=is_js)
            bundle.js() if is_js else bundle.css()
    env.cr.commit()
"""
# One process, not one per step: to start Odoo and to load all its models takes seconds.
INSTALL = """
import gc, sys
import odoo.cli
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import config

config.parse_config(sys.argv[2:], setup_logging=True)
server.start(preload=[], stop=True)
[name] = config["db_name"]
gc.set_threshold(20_000, 20, 1_000)  # what lives, stays; dead environments make Odoo slow
registry = Registry.new(name, update_module=True, install_modules=sys.argv[1].split(","))
with registry.cursor() as cr:
    context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
    exec(sys.stdin.read(), {"env": api.Environment(cr, SUPERUSER_ID, context)})
"""
FRONTEND_ASSETS = (
    ASSETS
    + """
prepare(["web.assets_frontend_minimal", "web.assets_frontend_lazy"], ["web.assets_frontend"])
"""
)
BACKEND_ASSETS = (
    ASSETS
    + """
prepare(
    ["web.assets_web", "web.assets_backend_lazy", "web.assets_emoji"],
    ["web.assets_web", "web.assets_backend_lazy", "web.assets_web_print"],
)
"""
)
TOUR_ASSETS = BACKEND_ASSETS + 'prepare(["web.assets_tests"], [])\n'


def create_base(ready, database, data, wanted):
    """Make a database with these addons of Odoo itself, from the cache if possible.

    The embedded server alone uses the cache: another may not read the dump's version.
    """
    if postgres.EMBEDDED not in ready.env:
        _install_base(ready, database, data, wanted)
        return
    cached = _cached(ready.odoo, ready.venv, wanted)
    kept = cached.name.replace("-", "_")
    with paths.locked(paths.cache() / "base.lock", "installing Odoo's own addons"):
        if not cached.exists():
            _install_base(ready, database, data, wanted)
            _dump(ready, database, data, cached)
        elif postgres.exists(ready.env, kept):
            rename(ready, kept, database, data)
            _link_files(cached / "filestore", data / "filestore" / database)
        else:
            with step("Copying Odoo's own addons from the cache"):
                _restore(ready, database, cached)
                paths.discard(data / "filestore" / database)
                _link_files(cached / "filestore", data / "filestore" / database)
        if not (cached / CLUSTER).exists():
            with step("Keeping Odoo's own addons for new clusters"):
                _keep(ready, kept, cached)


def kept(odoo, venv, wanted):
    """:return: the folder of a stopped cluster with a database of these addons; it may be missing"""
    return _cached(odoo, venv, wanted) / CLUSTER


def _cached(odoo, venv, wanted):
    key = paths.digest(odoo.key, venv.name, wanted, FRONTEND_ASSETS)
    return paths.cache() / f"base-{key}"


def install(ready, database, data, wanted, code=""):
    """Install addons, then run code as in Odoo's shell; show what Odoo complains about."""
    command = install_command(ready, database, wanted)
    odoo(ready, database, data, [*command, "--log-level=warn"], code)


def install_command(ready, database, wanted):
    """The command that installs addons and then runs what it reads."""
    program = [ready.python, "-c", INSTALL, ",".join(wanted)]
    return [*program, "-d", database, "--no-http", "--max-cron-threads=0"]


def shell(ready, database, data, code):
    odoo(ready, database, data, shell_command(ready, database), code)


def shell_command(ready, database):
    return ready.odoo_command("shell", "-d", database, "--no-http")


def odoo(ready, database, data, command, stdin=""):
    """Run Odoo; show what it says only when it fails or complains."""
    options = {"data_dir": str(data), "max_cron_threads": "0"}
    conf = ready.write_conf(f"{database}-{os.getpid()}", options)
    try:
        done = conf.run(command, input=stdin, capture_output=True, text=True)
    finally:
        Path(conf.env["ODOO_RC"]).unlink()
    if done.returncode or " ERROR " in done.stderr or " CRITICAL " in done.stderr:
        print(done.stderr[-6000:])
        raise SetupError(f"Odoo cannot set up {database}", "see the log above")
    for line in done.stderr.splitlines():
        if " WARNING " in line:
            say(line)


def copy(ready, source, target, data):
    embedded = postgres.EMBEDDED in ready.env  # another may be older than 15
    how = "STRATEGY file_copy" if embedded else ""
    postgres.query(ready.env, f'CREATE DATABASE "{target}" TEMPLATE "{source}" {how}')
    paths.discard(data / "filestore" / target)
    _link_files(data / "filestore" / source, data / "filestore" / target)


def rename(ready, old, new, data):
    filestore = data / "filestore"
    paths.discard(filestore / new)
    if (filestore / old).exists():
        (filestore / old).rename(filestore / new)
    postgres.query(ready.env, f'ALTER DATABASE "{old}" RENAME TO "{new}"')


def drop(ready, name, data):
    postgres.query(ready.env, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    paths.discard(data / "filestore" / name)


def _install_base(ready, database, data, wanted):
    with step(f"Installing Odoo's own addons: {', '.join(wanted)}"):
        args = ["-i", ",".join(wanted), "--stop-after-init", "--no-http"]
        command = ready.odoo_command("-d", database, *args)  # makes the database, too
        odoo(ready, database, data, [*command, "--log-level=warn"])
        shell(ready, database, data, FRONTEND_ASSETS)


def _dump(ready, database, data, cached):
    temporary = cached.with_name(cached.name + ".part")
    paths.discard(temporary)
    paths.ensure(temporary)
    _checked(ready, "pg_dump", "-Fc", "-Z", "1", "-f", temporary / "dump", database)
    files = data / "filestore" / database
    if files.exists():
        shutil.copytree(files, temporary / "filestore")
    temporary.replace(cached)


def _keep(ready, name, cached):
    """To restore a dump takes far longer than to copy the files of a cluster that did."""
    cluster = postgres.Cluster("kept", python_env.pg_binaries(ready.venv), False)
    paths.discard(cluster.data)
    with cluster.used():
        _restore(replace(ready, env=ready.env | cluster.environment()), name, cached)
    cluster.keep_as(cached / CLUSTER)


def _restore(ready, database, cached):
    postgres.query(
        ready.env,
        f"CREATE DATABASE \"{database}\" ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0",
    )
    _checked(ready, "pg_restore", "-j", "2", "-O", "-d", database, cached / "dump")


def _checked(ready, *command):
    done = ready.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SetupError(
            f"{command[0]} failed: {done.stderr.strip()[-300:]}",
            f"remove {paths.cache()}/base-* and run again",
        )


def _link_files(source, target):
    """Stored files are named by their content and never rewritten: links are enough."""
    if source.exists():
        shutil.copytree(source, target, copy_function=link)


def link(source, target):
    """Like shutil.copy2 for files that nobody rewrites."""
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
