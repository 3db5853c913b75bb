"""Approvals under fire: many decide at once, and the server is killed as it carries out."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT

RUNS = 100
DEADLINE = 1500  # seconds, on a machine that also installs


@pytest.mark.optional(
    "a database and servers of its own, 4 minutes; race by race in test_race"
)
def test_races_and_random_runs_end_as_they_have_to():
    command = [sys.executable, ROOT / "scripts", "chaos", "approvals", "--n", str(RUNS)]
    done = subprocess.run(
        [*map(str, command), "--kills", "1"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    line = json.loads(done.stdout.splitlines()[-1])
    assert line["ok"] and line["chain_ok"] and line["runs"] >= RUNS
    assert (line["self_approvals"], line["skipped_steps"]) == (0, 0)
    assert (line["changed_executions"], line["double_decisions"]) == (0, 0)
    assert all(race["ok"] for race in line["races"].values())
    assert line["internal_errors"] == 0
