"""The parts of the set-up that need no network."""

import hashlib
import io
import lzma
import os
import subprocess
import sys
import tarfile
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import ROOT
from lib import addons, debian, download, paths, postgres, serve, webhooks
from lib.errors import SetupError


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SAAS_STATE_DIR", str(tmp_path / "state"))
    return paths.cache()


class Ranges(BaseHTTPRequestHandler):
    """Serves one body, honours Range, and remembers where each request began."""

    def __init__(self, body, begins, *args):
        self.body, self.begins = body, begins
        super().__init__(*args)

    def do_GET(self):
        if self.path == "/missing":
            return self.send_error(404)
        wanted = self.headers.get("Range")
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.begins.append(begin)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.body) - begin))
        self.end_headers()
        self.wfile.write(self.body[begin:])

    def log_message(self, *args):
        pass


@pytest.fixture
def mirror():
    """(base url, body, where each request began)"""
    body, begins = os.urandom(300_000), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, body, begins))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", body, begins
    server.shutdown()
    server.server_close()


def sha256(body):
    return hashlib.sha256(body).hexdigest()


def test_interrupted_download_is_resumed_and_then_cached(cache, mirror):
    url, body, begins = mirror
    part = cache / "downloads" / f"{sha256(body)[:16]}-file.part"
    paths.ensure(part.parent)
    part.write_bytes(body[:100_000])
    target = download.fetch(f"{url}/file", sha256(body), "a file")
    assert target.read_bytes() == body
    assert begins == [100_000]
    download.fetch(f"{url}/file", sha256(body), "a file")
    assert begins == [100_000]


def test_altered_download_is_refused_and_fetched_anew(cache, mirror):
    url, body, begins = mirror
    with pytest.raises(SetupError, match="SHA-256"):
        download.fetch(f"{url}/file", "0" * 64, "a file")
    assert not list((cache / "downloads").iterdir())


def test_vanished_download_is_told_apart(cache, mirror):
    with pytest.raises(download.Missing):
        download.fetch(f"{mirror[0]}/missing", "0" * 64, "a file")


def test_debian_package_is_unpacked_without_what_is_left_out(tmp_path):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name in ("./a/kept.py", "./a/i18n/de.po"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    data = lzma.compress(plain.getvalue())
    deb = tmp_path / "x.deb"
    content = b"!<arch>\n"
    for name, body in (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", b"odd"),
        ("data.tar.xz", data),
    ):
        content += (
            f"{name:16}{0:<12}{0:<6}{0:<6}{'100644':8}{len(body):<10}`\n".encode()
        )
        content += body + b"\n" * (len(body) % 2)
    deb.write_bytes(content)
    debian.unpack(deb, tmp_path / "out", lambda name: "i18n" not in name)
    found = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert [path.name for path in found] == ["kept.py"]


def test_fingerprint_ignores_tests_and_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ADDONS", tmp_path)
    for name, text in (
        ("a/__manifest__.py", "{}"),
        ("a/models/x.py", "1"),
        ("a/tests/test_x.py", "1"),
        ("a/README.md", "1"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    before = addons.fingerprint("a")
    (tmp_path / "a/tests/test_x.py").write_text("2")
    (tmp_path / "a/README.md").write_text("2")
    assert addons.fingerprint("a") == before
    (tmp_path / "a/models/x.py").write_text("2")
    assert addons.fingerprint("a") != before


def test_long_state_folder_gets_a_short_socket_folder(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    monkeypatch.setenv("SAAS_STATE_DIR", str(deep))
    monkeypatch.setattr(postgres, "_enterable", lambda path: True)
    cluster = postgres.Cluster("test", tmp_path, durable=False)
    try:
        assert len(os.fsencode(cluster.socket)) <= postgres.SOCKET_PATH_LIMIT
        assert cluster.socket.stat().st_mode & 0o777 == 0o700
    finally:
        cluster.socket.rmdir()


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_new_cluster_begins_as_the_kept_one_if_there_is_one(
    tmp_path, monkeypatch, is_kept
):
    monkeypatch.setenv("SAAS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(postgres, "_enterable", lambda path: True)
    kept = tmp_path / "kept"
    if is_kept:
        paths.ensure(kept / "base")
        kept.chmod(0o700)
        (kept / "base" / "1").write_text("rows")
    cluster = postgres.Cluster("test", tmp_path, durable=False, begins_as=kept)
    ran = []
    monkeypatch.setattr(cluster, "_run", lambda program, *args: ran.append(program))
    cluster._create()
    assert ran == ([] if is_kept else ["initdb"])
    assert (cluster.data / "base" / "1").exists() == is_kept
    assert cluster.data.stat().st_mode & 0o777 == 0o700
    if is_kept:
        (cluster.data / "base" / "1").write_text("changed")
        assert (kept / "base" / "1").read_text() == "rows"


def test_webhook_signature_follows_the_standard():
    # example of the Standard Webhooks specification's reference libraries
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    found = webhooks.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", body, 1614265330)
    assert (
        found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_every_command_has_its_stub():
    from lib.commands import COMMANDS

    stubs = {
        path.name
        for path in (ROOT / "scripts").iterdir()
        if os.access(path, os.X_OK) and path.is_file()
    }
    assert stubs == set(COMMANDS)
    for name in stubs:
        assert f"run {name} " in (ROOT / "scripts" / name).read_text()


def test_root_configuration_names_existing_addons_and_no_database():
    import configparser

    content = configparser.ConfigParser()
    content.read(ROOT / "odoo.conf")
    options = content["options"]
    for folder in options["addons_path"].split(","):
        assert (ROOT / folder.strip()).is_dir()
    assert not [key for key in options if key.startswith("db_")]


def test_help_needs_no_set_up(tmp_path):
    for name in ("serve", "test", "lint", "simulate", "screenshots", "shell", "bench"):
        done = subprocess.run(
            [ROOT / "scripts" / name, "--help"],
            env=os.environ
            | {"SAAS_STATE_DIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and "usage:" in done.stdout, done.stderr
    assert not list(tmp_path.glob("saas-visibility/*"))


def test_the_simulated_day_is_the_same_for_the_same_seed():
    from datetime import datetime, timezone

    from lib.simulate import ACCOUNTS, SYSTEMS, Day

    now = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)

    def told(seed):
        return [
            (system, e["type"], e["subject"], e["time"])
            for system, e in Day(seed, now).events()
        ]

    assert told(1) == told(1) != told(2)
    assert {system for system, *_ in told(1)} == set(SYSTEMS)
    assert {account for _, _, account, _ in told(1)} == set(ACCOUNTS)
    assert all(time <= "2026-03-02T12:00:00.000Z" for *_, time in told(1))
    assert len({e["id"] for _, e in Day(1, now).events()}) == len(told(1))


def test_the_users_certificates_win_over_those_of_the_system(tmp_path):
    from lib import certificates

    system, own = tmp_path / "system.pem", tmp_path / "own.pem"
    system.touch()
    own.touch()

    def chosen(**environment):
        return certificates.bundle(environment, [str(tmp_path / "none"), str(system)])

    assert chosen() == str(system)
    assert chosen(PIP_CERT=str(own)) == str(own)
    assert chosen(REQUESTS_CA_BUNDLE=str(tmp_path / "gone")) == str(system)
    assert chosen(SSL_CERT_FILE=str(own)) is None, "uv reads it itself"
    assert chosen(SSL_CERT_DIR=str(tmp_path)) is None
    assert certificates.bundle({}, [str(tmp_path / "none")]) is None


def test_any_changed_file_of_an_addon_is_linted_anew(tmp_path):
    from lib import linting

    folder = tmp_path / "an_addon"
    folder.mkdir()
    seen = set()
    for name in ("models.py", "view.xml", "rights.csv", "README.md"):
        (folder / name).touch()
        seen.add(linting._content(folder))
        (folder / name).write_text("changed")
        seen.add(linting._content(folder))
    assert len(seen) == 8


def test_bytecode_is_kept_in_the_cache_where_none_may_lie_beside_the_sources(
    cache, monkeypatch
):
    from lib import commands

    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    commands._keep_bytecode()
    script = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    assert said.stdout.split() == ["False", f"{cache}/pycache"]


def test_one_database_is_served_without_listing_all_in_every_request():
    """A ``dbfilter`` has Odoo ask the database ``postgres`` for them, in a connection of its own."""

    class Ready:
        def write_conf(self, name, values, sections):
            return values

    options = serve._parse(["--db", "one", "--no-demo"])
    values = serve._configure(Ready(), options, 8069)
    assert values["db_name"] == "one"
    assert "dbfilter" not in values
