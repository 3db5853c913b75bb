"""Debian packages without root: unpack them with Python, look one up through a private apt."""

import io
import lzma
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from . import paths
from .errors import SetupError

MIRROR = "https://deb.debian.org/debian"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def unpack(deb, prefix, wanted):
    """Unpack the files of a package whose path `wanted` accepts."""
    kwargs = (
        {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
    )
    with open(deb, "rb") as handle:
        data = _data_member(handle, deb)
        with tarfile.open(fileobj=data, mode="r|") as archive:
            for member in archive:
                if wanted(member.name):
                    archive.extract(member, prefix, set_attrs=member.isreg(), **kwargs)


def _data_member(handle, deb):
    """A stream of the plain tar inside the package (an `ar` file)."""
    if handle.read(8) != b"!<arch>\n":
        raise SetupError(f"{deb} is not a Debian package", "remove it and run again")
    while header := handle.read(60):
        name = header[:16].decode().strip().rstrip("/")
        size = int(header[48:58])
        if name == "data.tar.xz":
            return lzma.open(handle)
        if name.startswith("data.tar"):
            return _dpkg_stream(deb, name)
        handle.seek(size + size % 2, io.SEEK_CUR)
    raise SetupError(f"{deb} holds no data", "remove it and run again")


def _dpkg_stream(deb, name):
    if not shutil.which("dpkg-deb"):
        raise SetupError(
            f"cannot read {name}", "install dpkg, or set ODOO_PATH to an Odoo 19.0"
        )
    return subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE
    ).stdout


def candidate(package, suite):
    """Return {"version", "url", "sha256", "size"} of what a Debian suite offers now.

    Uses a private apt: signatures are checked, the system's own sources stay untouched.
    """
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise SetupError(
            f"the pinned {package} is gone, and there is no apt to find its successor",
            "set ODOO_PATH to a checkout of Odoo 19.0",
        )
    home = paths.ensure(paths.cache() / "apt" / suite)
    for folder in ("lists/partial", "cache/archives/partial"):
        paths.ensure(home / folder)
    (home / "status").touch()
    (home / "debian.sources").write_text(
        f"Types: deb\nURIs: {MIRROR.replace('https', 'http')}\nSuites: {suite}\n"
        f"Components: main\nSigned-By: {KEYRING}\n"
    )
    settings = {
        "Dir::State": home,
        "Dir::State::lists": home / "lists",
        "Dir::State::status": home / "status",
        "Dir::Cache": home / "cache",
        "Dir::Etc::sourcelist": home / "debian.sources",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "",
    }
    config = home / "apt.conf"
    config.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-cache", "show", "--no-all-versions", package],
    ):
        done = subprocess.run(
            command,
            env={"APT_CONFIG": str(config), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SetupError(
                f"{command[0]} cannot find {package} in Debian {suite}: {done.stderr.strip()[-200:]}",
                "set ODOO_PATH to a checkout of Odoo 19.0",
            )
    found = dict(
        re.findall(r"^(Version|Filename|SHA256|Size): (.+)$", done.stdout, re.MULTILINE)
    )
    return {
        "version": found["Version"],
        "url": f"{MIRROR}/{found['Filename']}",
        "sha256": found["SHA256"],
        "size": int(found["Size"]),
    }
