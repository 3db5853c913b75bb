"""Fixtures of the whole-system tests: a real `scripts/serve` in a state folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIRST_START_SECONDS = 900
STOP_SECONDS = 30
sys.path.insert(0, str(ROOT / "scripts"))


@dataclass
class Serve:
    """A running `scripts/serve`; `demo` is what its demo.json says."""

    process: subprocess.Popen
    state: Path
    output: Path
    demo: dict

    @property
    def environment(self):
        return os.environ | {"SAAS_STATE_DIR": str(self.state)}


def start_serve(state, *args, seconds=FIRST_START_SECONDS):
    """Start scripts/serve and wait for its demo.json."""
    from lib.config import free_port

    output = state / "serve-output.txt"
    with open(output, "a") as handle:
        process = subprocess.Popen(
            [ROOT / "scripts/serve", "--port", str(free_port()), *args],
            env=os.environ | {"SAAS_STATE_DIR": str(state)},
            stdout=handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ready = state / "demo.json"
    deadline = time.monotonic() + seconds
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"scripts/serve did not come up:\n{output.read_text()[-3000:]}")
        time.sleep(0.2)
    return Serve(process, state, output, json.loads(ready.read_text()))


def stop_serve(serve):
    """End it as a person would; return its exit code."""
    if serve.process.poll() is None:
        serve.process.send_signal(signal.SIGTERM)
    return serve.process.wait(STOP_SECONDS)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """One demo server for the whole session."""
    state = tmp_path_factory.mktemp("state")
    for folder in (state, state.parent):  # PostgreSQL may run as another user
        folder.chmod(0o755)
    serve = start_serve(state)
    yield serve
    stop_serve(serve)
