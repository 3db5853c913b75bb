"""Everything a command needs before it can run Odoo."""

import contextlib
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import config, databases, odoo_tree, paths, postgres, python_env


@dataclass(frozen=True)
class Machine:
    """A prepared Odoo, Python environment and PostgreSQL, with the process environment to use them."""

    odoo: odoo_tree.Odoo
    venv: Path
    env: dict = field(repr=False)

    @property
    def python(self):
        return python_env.python(self.venv)

    def odoo_command(self, *args):
        return [str(self.python), str(self.odoo.program), *map(str, args)]

    def run(self, command, **kwargs):
        return subprocess.run(
            list(map(str, command)), env=self.env, pass_fds=self._lock(), **kwargs
        )

    def popen(self, command, **kwargs):
        return subprocess.Popen(
            list(map(str, command)), env=self.env, pass_fds=self._lock(), **kwargs
        )

    def _lock(self):
        fd = self.env.get(postgres.LOCK)
        return (int(fd),) if fd else ()

    def with_conf(self, conf):
        """The same, with Odoo reading this configuration."""
        return Machine(self.odoo, self.venv, self.env | {"ODOO_RC": str(conf)})

    def hasty(self):
        """The same, not waiting for the disk: for work that begins anew after a crash."""
        options = f"{self.env.get('PGOPTIONS', '')} -c synchronous_commit=off".strip()
        return Machine(self.odoo, self.venv, self.env | {"PGOPTIONS": options})

    def write_conf(self, name, options, sections=None, addons=()):
        """Write a configuration and return a machine that reads it."""
        conf = config.write(name, self.odoo, options, sections, addons)
        return self.with_conf(conf)


def prepare():
    """Download, unpack and install what is missing; start nothing."""
    return odoo_tree.prepare(), python_env.prepare()


@contextlib.contextmanager
def running(cluster, durable, base=()):
    """Yield a Machine whose PostgreSQL is up.

    :param base: addons of Odoo that a new cluster has, if the cache holds such a one
    """
    odoo, venv = prepare()
    kept = databases.kept(odoo, venv, base)
    with postgres.server(cluster, venv, durable, kept) as pg_env:
        yield _machine(odoo, venv, pg_env)


@contextlib.contextmanager
def crashing(cluster, base=()):
    """Yield a Machine and its durable Cluster, never that of PGHOST: one that may be crashed."""
    odoo, venv = prepare()
    kept = databases.kept(odoo, venv, base)
    own = postgres.Cluster(cluster, python_env.pg_binaries(venv), True, kept)
    with own.used() as lock:
        pg_env = own.environment() | {postgres.LOCK: str(lock)}
        yield _machine(odoo, venv, pg_env), own


def _machine(odoo, venv, pg_env):
    env = dict(os.environ) | pg_env
    env["PYTHONPATH"] = str(odoo.python_path)
    env["PATH"] = f"{venv / 'bin'}{os.pathsep}{env['PATH']}"
    env["PYTHONUNBUFFERED"] = "1"
    env.pop("ODOO_RC", None)
    return Machine(odoo, venv, env)


def in_environment(command, args):
    """Run one of our commands again, by the Python that has the locked packages."""
    _, venv = prepare()
    done = subprocess.run([python_env.python(venv), paths.SCRIPTS, command, *args])
    return done.returncode
