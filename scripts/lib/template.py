"""Test databases: Odoo's addons once, ours once per change, then cheap clones of that.

Names on the test cluster: saas_base_..., saas_tpl_..., the same with assets for
browser tours saas_tours_..., with demo and assets saas_demo_..., and clones saas_test_...
"""

import contextlib
import itertools
import os
from pathlib import Path

from . import addons, databases, paths, postgres
from .progress import step

SOURCES = {
    "base": None,
    "tpl": "base",
    "tours": "tpl",
    "demo": "tpl",
}  # what each begins as
STAGES = {"tours": "tours", "demo": "demo"}  # of a layer of tests; of all others tpl
UNFINISHED = "{}_part"

_numbers = itertools.count(1)


def data_dir():
    return paths.ensure(paths.state() / "data" / "test")


def build(ready, names, layer="models"):
    """Return the name of the template of a layer of tests, made when needed."""
    chain = [STAGES.get(layer, "tpl")]
    while source := SOURCES[chain[-1]]:
        chain.append(source)
    for stage in reversed(chain):
        lock = paths.state() / f"template-{stage}.lock"
        with paths.locked(lock, f"building the template database ({stage})"):
            if stage == "base":
                _drop_leftovers(ready, names.values())
            if not postgres.exists(ready.env, names[stage]):
                _build(ready, stage, names)
    return names[chain[0]]


def base():
    """The addons of Odoo itself that all templates begin with."""
    return addons.outside_dependencies(_ours())


def _ours():
    return [name for name in addons.names() if name != addons.DEMO]


def names(ready):
    """{stage: database}, by what the content of each depends on now."""
    prints = addons.fingerprints()
    demo = prints.pop(addons.DEMO, None)
    outside = paths.digest(ready.odoo.key, ready.venv.name, base())
    ours = paths.digest(f"saas_base_{_where()}_{outside}", sorted(prints.items()))
    keys = {
        "base": outside,
        "tpl": ours,
        "tours": paths.digest(ours, databases.TOUR_ASSETS),
        "demo": paths.digest(ours, demo, databases.TOUR_ASSETS),
    }
    return {stage: f"saas_{stage}_{_where()}_{key}" for stage, key in keys.items()}


def _build(ready, stage, names):
    with _finished(ready, names[stage], names.get(SOURCES[stage])) as name:
        if stage == "base":
            databases.create_base(ready, name, data_dir(), base())
        elif stage == "tpl":
            ours = _ours()
            with step(f"Installing {', '.join(ours)} in a template database"):
                databases.install(ready, name, data_dir(), ours)
        else:
            with step(f"Preparing the template database of {stage}"):
                if stage == "demo":
                    wanted = [addons.DEMO]
                    databases.install(
                        ready, name, data_dir(), wanted, databases.TOUR_ASSETS
                    )
                else:
                    databases.shell(ready, name, data_dir(), databases.TOUR_ASSETS)


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
    unfinished = UNFINISHED.format(name)
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
    keep = {*keep, *map(UNFINISHED.format, keep)}
    found = postgres.query(ready.env, "SELECT datname FROM pg_database").splitlines()
    for name in found:
        kind, _, rest = name.removeprefix("saas_").partition("_")
        where, _, rest = rest.partition("_")
        if not name.startswith("saas_") or where != _where() or name in keep:
            continue
        if kind in SOURCES or (kind == "test" and not _alive(rest.partition("_")[0])):
            databases.drop(ready, name, data_dir())


def _alive(pid):
    return pid.isdigit() and Path(f"/proc/{pid}").exists()
