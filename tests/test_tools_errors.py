"""Each expected mistake is answered by one line that names the way out."""

import os
import socket
import subprocess

import pytest
from conftest import ROOT


def run(command, *args, state, **environment):
    done = subprocess.run(
        [ROOT / "scripts" / command, *args],
        env=os.environ | {"SAAS_STATE_DIR": str(state)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr.strip().splitlines()


def assert_one_error(result, *words):
    code, lines = result
    errors = [line for line in lines if line.startswith("error: ")]
    assert code == 2
    assert len(errors) == 1 and lines[-1] == errors[0], lines
    assert " — " in errors[0]
    assert not [word for word in words if word not in errors[0]], errors[0]
    assert not [line for line in lines if "Traceback" in line]


def test_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port, state=tmp_path)
    assert_one_error(result, port, "--port")


def test_odoo_path_without_odoo_is_named(tmp_path):
    result = run("setup", state=tmp_path, ODOO_PATH=str(tmp_path))
    assert_one_error(result, "ODOO_PATH", str(tmp_path))


def test_odoo_path_of_another_release_is_refused(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo/release.py").write_text(
        "version_info = (18, 0, 0, 'final', 0, '')"
    )
    result = run("setup", state=tmp_path, ODOO_PATH=str(tmp_path))
    assert_one_error(result, "18.0", "19.0")


def test_unreachable_postgresql_is_named(tmp_path):
    result = run(
        "odoo",
        "--version",
        state=tmp_path,
        PGHOST="127.0.0.1",
        PGPORT="1",
        PGUSER="odoo",
    )
    assert_one_error(result, "127.0.0.1:1", "PGHOST")


def test_old_postgresql_is_refused(tmp_path):
    fake = tmp_path / "psql"
    fake.write_text("#!/bin/sh\necho 120022\n")
    fake.chmod(0o755)
    result = run(
        "odoo",
        "--version",
        state=tmp_path,
        PGHOST="db.example",
        PATH=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert_one_error(result, "version 12", "13")


def test_missing_python_is_named(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(f"/bin/{name}")
    stub = (ROOT / "scripts/lib/python.sh").read_text().replace("/usr/bin/", "none/")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/python.sh").write_text(stub)
    (tmp_path / "setup").write_text((ROOT / "scripts/setup").read_text())
    done = subprocess.run(
        ["/bin/sh", tmp_path / "setup"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
    )
    assert_one_error((done.returncode, done.stderr.strip().splitlines()), "Python 3.10")


def test_full_disk_is_named(tmp_path, monkeypatch):
    from lib import paths
    from lib.errors import SetupError

    with pytest.raises(SetupError, match="MB free"):
        paths.require_space(tmp_path, 10**9)


def test_a_running_server_is_needed_for_simulate(tmp_path):
    assert_one_error(run("simulate", state=tmp_path), "scripts/serve")


@pytest.mark.parametrize("as_root", [True, False])
def test_missing_browser_is_installed_or_named(as_root, monkeypatch):
    from lib import browser
    from lib.errors import SetupError

    monkeypatch.setattr(
        browser.shutil, "which", lambda name: as_root and name == "apt-get"
    )
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0 if as_root else 1000)
    calls = []

    def refuse(command, **kwargs):
        calls.append(command)
        return subprocess.CompletedProcess(command, 100, "", "E: no network")

    monkeypatch.setattr(browser.subprocess, "run", refuse)
    with pytest.raises(SetupError, match="apt-get install chromium|no network"):
        browser.ensure()
    assert bool(calls) == as_root
