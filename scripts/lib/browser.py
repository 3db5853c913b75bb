"""The browser that tours and screenshots drive."""

import os
import shutil
import subprocess

from .errors import SetupError
from .progress import step

NAMES = (
    "google-chrome",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
)  # as Odoo looks for it


def ensure():
    """Return the browser's path; as root on Debian install it if it is missing."""
    found = _find()
    if found:
        return found
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(
            "no Chromium found", "install it as root: apt-get install chromium"
        )
    with step("Installing Chromium with apt-get"):
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "-qq", "update"],
            ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"],
        ):
            done = subprocess.run(command, env=env, capture_output=True, text=True)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["?"])[-1]
                raise SetupError(
                    f"apt-get cannot install Chromium: {reason}",
                    "run: apt-get install chromium",
                )
    return _find()


def _find():
    return next((path for name in NAMES if (path := shutil.which(name))), None)
