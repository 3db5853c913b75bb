"""Test databases: Odoo's addons once, ours once per change, then cheap clones of that.

Names on the test cluster: saas_base_..., saas_tpl_..., the same with assets for
browser tours saas_tours_..., and clones saas_test_...
"""

import contextlib
import itertools
import os
from pathlib import Path

from . import addons, databases, paths, postgres
from .progress import step

_numbers = itertools.count(1)


def data_dir():
    return paths.ensure(paths.state() / "data" / "test")


def build(ready, tours=False):
    """Return the name of the template with all addons but the demo, made when needed."""
    prints = addons.fingerprints()
    prints.pop(addons.DEMO, None)
    outside = addons.outside_dependencies(prints)
    key = paths.digest(ready.odoo.key, ready.venv.name, outside)
    base = f"saas_base_{_where()}_{key}"
    template = f"saas_tpl_{_where()}_{paths.digest(base, sorted(prints.items()))}"
    with_assets = template.replace("_tpl_", "_tours_")
    lock = paths.state() / "template.lock"
    with paths.locked(lock, "building the template database"):
        _drop_leftovers(ready, keep={base, template, with_assets})
        if not postgres.exists(ready.env, template):
            if not postgres.exists(ready.env, base):
                with _finished(ready, base) as name:
                    databases.create_base(ready, name, data_dir(), outside)
            with (
                step(f"Installing {', '.join(prints)} in a template database"),
                _finished(ready, template, base) as name,
            ):
                databases.install(ready, name, data_dir(), sorted(prints))
        if tours and not postgres.exists(ready.env, with_assets):
            with (
                step("Preparing the browser assets for tours"),
                _finished(ready, with_assets, template) as name,
            ):
                databases.shell(ready, name, data_dir(), databases.TOUR_ASSETS)
    return with_assets if tours else template


@contextlib.contextmanager
def clone(ready, template):
    """Yield the name of a fresh copy of the template, dropped afterwards."""
    name = f"saas_test_{_where()}_{os.getpid()}_{next(_numbers)}"
    databases.copy(ready, template, name, data_dir())
    try:
        yield name
    finally:
        databases.drop(ready, name, data_dir())


@contextlib.contextmanager
def _finished(ready, name, source=None):
    """Yield the name to work under; only a complete database gets its real one."""
    unfinished = f"{name}_part"
    databases.drop(ready, unfinished, data_dir())
    if source:
        databases.copy(ready, source, unfinished, data_dir())
    yield unfinished
    databases.rename(ready, unfinished, name, data_dir())


def _where():
    """Tells checkouts apart that share one server (PGHOST)."""
    return paths.digest(paths.state())[:6]


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
            databases.drop(ready, name, data_dir())


def _alive(pid):
    return pid.isdigit() and Path(f"/proc/{pid}").exists()
