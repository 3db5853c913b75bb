"""The running `scripts/serve` of this checkout."""

import json
from pathlib import Path

from . import paths
from .errors import SetupError


def demo():
    """What demo.json says, if its server still runs."""
    target = paths.state() / "demo.json"
    if target.exists():
        found = json.loads(target.read_text())
        if Path(f"/proc/{found['pid']}").exists():
            if "sources" in found:
                return found
            raise SetupError(
                "the running server has no demo",
                "start scripts/serve without --no-demo",
            )
    raise SetupError(
        "no server of this checkout is running", "start scripts/serve first"
    )
