"""Where things live: the checkout, its state, and the cache shared by all checkouts."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from .errors import SetupError
from .progress import say

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
ADDONS = ROOT / "addons"
SHARED_FALLBACK = Path("/var/lib/saas-visibility")


def cache():
    """The cache folder of this user, shared by all checkouts."""
    return ensure(cache_home())


def cache_home():
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "saas-visibility"


def state():
    """What this checkout keeps between runs; SAAS_STATE_DIR moves it."""
    return ensure(
        Path(os.environ.get("SAAS_STATE_DIR") or ROOT / ".runtime").absolute()
    )


def ensure(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"cannot create {folder}: {error.strerror}",
            "make its parent writable, or set XDG_CACHE_HOME / SAAS_STATE_DIR",
        ) from error
    return folder


def digest(*parts):
    """A short, stable name for some content."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


def require_space(folder, megabytes):
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise SetupError(
            f"{folder} has {free} MB free, {megabytes} MB are needed",
            "free some space, or point XDG_CACHE_HOME at a larger disk",
        )


def write_atomically(path, text):
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)


def discard(folder):
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def locked(path, waiting_for):
    """Hold an exclusive lock; a crash releases it."""
    with open(ensure(path.parent) / path.name, "w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run: {waiting_for}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
