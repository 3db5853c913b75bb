"""Which function runs which command; turns SetupError into one line and exit code 2."""

import importlib
import os
import signal
import sys

from . import paths
from .errors import SetupError

# command: (module of this package, function)
COMMANDS = {
    "bench": ("benching", "main"),
    "chaos": ("chaos", "main"),
    "lint": ("linting", "main"),
    "odoo": ("developer", "odoo"),
    "screenshots": ("screenshots", "main"),
    "serve": ("serve", "main"),
    "setup": ("developer", "setup"),
    "shell": ("developer", "shell"),
    "simulate": ("simulate", "main"),
    "test": ("testing", "main"),
    "verify_audit": ("verify_audit", "main"),
}


def main(argv):
    if sys.platform != "linux":
        print(
            f"error: {sys.platform} is not supported — use WSL2 on Windows, a Debian container elsewhere"
        )
        return 2
    _keep_bytecode()
    module, function = COMMANDS[argv[0]]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return getattr(importlib.import_module(f"lib.{module}"), function)(argv[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _keep_bytecode():
    """Where no bytecode may be written next to the sources, keep it in our cache.

    Without any, each start of Odoo compiles some thousand files.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault(
            "PYTHONPYCACHEPREFIX", str(paths.cache_home() / "pycache")
        )


def _interrupt(signum, frame):
    """Unwind once; a second signal does not cut the clean-up short."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
