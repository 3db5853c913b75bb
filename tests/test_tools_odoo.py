"""Where Odoo comes from: a checkout of ODOO_PATH, the pinned package, or its successor."""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT
from lib import databases, debian, download, odoo_tree
from lib.errors import SetupError

CORE = ("base", "test_")  # these lie in odoo/addons, all others in addons


@pytest.fixture
def checkout(tmp_path):
    """Odoo 19.0 in the shape of its repository."""
    if os.environ.get("ODOO_PATH"):
        return os.environ["ODOO_PATH"]
    ours = odoo_tree.prepare()
    root = tmp_path / "odoo checkout"
    shutil.copytree(ours.addons.parent, root / "odoo", copy_function=databases.link)
    (root / "addons").mkdir()
    for addon in (root / "odoo/addons").iterdir():
        if not addon.name.startswith(CORE):
            addon.rename(root / "addons" / addon.name)
    shutil.copy2(ours.program, root / "odoo-bin")
    return root


def start(checkout, tmp_path, *options):
    """Start and stop Odoo of a checkout; check where it looked for addons."""
    state = tmp_path / "state"
    done = subprocess.run(
        [ROOT / "scripts/odoo", "--stop-after-init", *options],
        env=os.environ | {"SAAS_STATE_DIR": str(state), "ODOO_PATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    (searched,) = (line for line in done.stderr.splitlines() if "addons paths:" in line)
    for folder in (f"{checkout}/odoo/addons", f"{checkout}/addons", f"{ROOT}/addons"):
        assert f"'{folder}'" in searched
    assert "saas-visibility/odoo-" not in searched
    return done


def test_odoo_of_a_checkout_starts_with_its_addons_and_ours(checkout, tmp_path):
    said = start(checkout, tmp_path, "-d", "postgres").stderr
    assert "Database postgres not initialized" in said, said[-3000:]


@pytest.mark.optional("installs a database, 20 seconds")
def test_odoo_of_a_checkout_installs_a_database(checkout, tmp_path):
    done = start(checkout, tmp_path, "-d", "new", "-i", "base")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Registry loaded" in done.stderr


@pytest.fixture
def gone(monkeypatch):
    """The pinned package is not there any more; `offer` says what Debian has instead."""
    fetched = []

    def fetch(url, sha256, label, size=0):
        fetched.append((url, sha256))
        if odoo_tree.ODOO_DEB[0] in url:
            raise download.Missing(f"{url} answers 404", "try again")
        return "the package"

    def offer(version):
        found = {"version": version, "url": "u", "sha256": "s", "size": 1}
        monkeypatch.setattr(debian, "candidate", lambda *args: found)
        return fetched

    monkeypatch.setattr(download, "fetch", fetch)
    return offer


def test_the_successor_of_a_vanished_package_is_taken_with_a_warning(gone, capsys):
    fetched = gone("19.0.0+dfsg-2")
    assert odoo_tree._fetch_odoo() == "the package"
    assert fetched[-1] == ("u", "s"), "checked against the signed list's SHA-256"
    assert "warning: " in capsys.readouterr().err


@pytest.mark.parametrize("version", ["20.0.0+dfsg-1", "19.1-1", "190.0-1"])
def test_another_release_in_its_place_is_refused(gone, version):
    fetched = gone(version)
    with pytest.raises(SetupError, match="ODOO_PATH"):
        odoo_tree._fetch_odoo()
    assert len(fetched) == 1


def test_a_list_of_packages_that_debian_did_not_sign_is_refused(tmp_path, monkeypatch):
    """A mirror on this machine offers a package; nobody signed for it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lists = tmp_path / "mirror/dists/sid"
    (lists / "main/binary-amd64").mkdir(parents=True)
    (lists / "main/binary-amd64/Packages").write_text(
        "Package: odoo-19\nVersion: 19.0.1\nArchitecture: all\nSize: 1\n"
        f"Filename: pool/x.deb\nSHA256: {'0' * 64}\n"
    )
    (lists / "Release").write_text("Suite: sid\nComponents: main\n")
    monkeypatch.setattr(debian, "MIRROR", f"file://{tmp_path}/mirror")
    monkeypatch.setattr(debian, "KEYRING", tmp_path / "keyring.gpg")
    (tmp_path / "keyring.gpg").touch()
    with pytest.raises(SetupError, match="odoo-19"):
        debian.candidate("odoo-19", "sid")
