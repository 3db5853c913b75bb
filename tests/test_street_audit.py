"""The decision log of the running demo: sealed by itself, its heads outside, verified by scripts/verify_audit."""

import json
import os
import re
import subprocess

import pytest
from street import ROOT, eventually

pytest_plugins = ["street_fixtures"]

UNTIL_SEALED = 120  # seconds; the first run of a new server comes within a minute


@pytest.fixture
def heads(server, auditor):
    """:return: the file of heads, once every decision of the demo is sealed"""
    target = server.state / "audit" / "heads.jsonl"

    def is_sealed():
        found = auditor.call("approval_engine.decision", "verify_chain")
        return found["checked"] and not found["unsealed"] and target.exists()

    eventually(is_sealed, "all decisions are sealed", UNTIL_SEALED)
    return target


def verify(server, *args):
    """:return: (exit code, the verdict it prints, its remarks)"""
    done = subprocess.run(
        [ROOT / "scripts" / "verify_audit", "--db", server.demo["db"], *args],
        env=os.environ | {"SAAS_STATE_DIR": str(server.state)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_log_of_the_running_demo_verifies(server, heads):
    code, verdict, remarks = verify(server)
    assert code == 0, remarks
    found = json.loads(verdict)
    assert sorted(found) == ["checked", "first_bad", "ok", "sealed", "unsealed"]
    assert found["ok"] and found["sealed"] >= 5
    assert re.search(rf"with [1-9]\d* heads of \w+ in {re.escape(str(heads))}", remarks)


def test_a_head_that_was_kept_elsewhere_and_differs_is_found(server, heads, tmp_path):
    kept = tmp_path / "kept.jsonl"
    head = json.loads(heads.read_text().splitlines()[-1])
    kept.write_text(json.dumps(head | {"hash": "0" * 64}))
    code, verdict, remarks = verify(server, "--head", str(kept))
    assert (code, json.loads(verdict)["ok"]) == (1, False)
    assert "kept outside" in remarks


@pytest.mark.optional("one more start of Odoo; the check itself is a model test")
def test_a_file_about_another_database_proves_nothing(server, heads, tmp_path):
    kept = tmp_path / "kept.jsonl"
    kept.write_text("{}\n")
    code, _verdict, remarks = verify(server, "--head", str(kept))
    assert code == 2
    assert "has no head of" in remarks
