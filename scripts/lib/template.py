"""Test databases: Odoo's addons once, ours once per change, then cheap clones of that.

Names on the test cluster: saas_base_..., saas_tpl_..., the same with assets for
browser tours saas_tours_..., and clones saas_test_...
"""

import contextlib
import itertools
import os
import shutil
from pathlib import Path

from . import addons, paths, postgres
from .errors import SetupError
from .progress import say, step

PREGENERATE = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
# What a page of the web client loads in a tour. A test rolls back the bundles that it makes.
PREGENERATE_FOR_TOURS = """
for bundle in ("web.assets_web", "web.assets_backend_lazy", "web.assets_tests", "web.assets_frontend_lazy"):
    env["ir.qweb"]._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in ("web.assets_web", "web.assets_backend_lazy", "web.assets_frontend"):
    env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
"""
_numbers = itertools.count(1)


def data_dir():
    return paths.ensure(paths.state() / "data" / "test")


def build(ready, tours=False):
    """Return the name of the template with all addons but the demo, made when something changed."""
    prints = {
        name: value
        for name, value in addons.fingerprints().items()
        if name != addons.DEMO
    }
    base = f"saas_base_{_where()}_{paths.digest(ready.odoo.key, ready.venv.name, addons.outside_dependencies())}"
    template = f"saas_tpl_{_where()}_{paths.digest(base, sorted(prints.items()))}"
    with_assets = template.replace("_tpl_", "_tours_")
    with paths.locked(
        paths.state() / "template.lock", "building the template database"
    ):
        _drop_leftovers(ready, keep={base, template, with_assets})
        if not postgres.exists(ready.env, template):
            if not postgres.exists(ready.env, base):
                _make(ready, base, None, addons.outside_dependencies(), PREGENERATE)
            _make(ready, template, base, sorted(prints))
        if tours and not postgres.exists(ready.env, with_assets):
            _make(ready, with_assets, template, (), PREGENERATE_FOR_TOURS)
    return with_assets if tours else template


@contextlib.contextmanager
def clone(ready, template):
    """Yield the name of a fresh copy of the template, dropped afterwards."""
    name = f"saas_test_{_where()}_{os.getpid()}_{next(_numbers)}"
    _copy(ready, template, name)
    try:
        yield name
    finally:
        drop(ready, name)


def _where():
    """Tells checkouts apart that share one server (PGHOST)."""
    return paths.digest(paths.state())[:6]


def _make(ready, name, source, wanted, assets=None):
    unfinished = f"{name}_part"
    drop(ready, unfinished)
    if source:
        _copy(ready, source, unfinished)
    if wanted:
        with step(f"Installing {', '.join(wanted)} in a template database"):
            install(ready, unfinished, wanted)
    if assets:
        with step("Preparing the browser assets of the template"):
            _odoo(ready, unfinished, ["shell", "--no-http"], assets)
    filestore = data_dir() / "filestore"
    paths.discard(filestore / name)
    (filestore / unfinished).rename(filestore / name)
    postgres.query(ready.env, f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def install(ready, database, wanted):
    _odoo(
        ready,
        database,
        ["-i", ",".join(wanted), "--stop-after-init", "--no-http", "--log-level=warn"],
    )


def _odoo(ready, database, args, stdin=""):
    """Run Odoo; show what it says only when it fails or complains."""
    conf = ready.write_conf(
        f"template-{os.getpid()}",
        {"data_dir": str(data_dir()), "max_cron_threads": "0"},
    )
    command = args[:1] * (not args[0].startswith("-"))
    rest = args[len(command) :]
    try:
        done = conf.run(
            ready.odoo_command(*command, "-d", database, *rest),
            input=stdin,
            capture_output=True,
            text=True,
        )
    finally:
        Path(conf.env["ODOO_RC"]).unlink()
    if done.returncode or " ERROR " in done.stderr or " CRITICAL " in done.stderr:
        print(done.stderr[-6000:])
        raise SetupError(f"Odoo cannot set up {database}", "see the log above")
    for line in done.stderr.splitlines():
        if " WARNING " in line:
            say(line)


def _copy(ready, source, target):
    postgres.query(ready.env, f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    filestore = data_dir() / "filestore"
    paths.discard(filestore / target)
    if (filestore / source).exists():
        # Stored files are named by their content and never rewritten: links are enough.
        shutil.copytree(filestore / source, filestore / target, copy_function=os.link)


def drop(ready, name, data=None):
    """Drop a database and what it stored."""
    postgres.query(ready.env, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    paths.discard((data or data_dir()) / "filestore" / name)


def _drop_leftovers(ready, keep):
    """Drop templates of earlier states, and clones whose run is gone."""
    found = postgres.query(ready.env, "SELECT datname FROM pg_database").splitlines()
    for name in found:
        kind, _, rest = name.removeprefix("saas_").partition("_")
        where, _, rest = rest.partition("_")
        if not name.startswith("saas_") or where != _where() or name in keep:
            continue
        if kind in ("base", "tpl", "tours") or (
            kind == "test" and not _alive(rest.partition("_")[0])
        ):
            drop(ready, name)


def _alive(pid):
    return pid.isdigit() and Path(f"/proc/{pid}").exists()
