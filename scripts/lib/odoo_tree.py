"""A private copy of Odoo 19.0: Debian's package, pinned, unpacked without root."""

import fnmatch
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian, download, paths
from .errors import SetupError
from .progress import step, warn

POOL = f"{debian.MIRROR}/pool/main"

# name: (path in Debian's pool, size in bytes, SHA-256)
ODOO_DEB = (
    "o/odoo/odoo-19_19.0.0+dfsg-1_all.deb",
    122533504,
    "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf",
)
# Libraries that the package links to. Without one of them a font or an old page looks odd.
LINKED_DEBS = {
    "libjs-jquery": (
        "n/node-jquery/libjs-jquery_3.6.1+dfsg+~3.5.14-1_all.deb",
        326128,
        "a58c9ff6afe96c769cb6535754c909410760e4efa1e1540236194e489adcfb25",
    ),
    "libjs-jquery-form": (
        "j/jquery-goodies/libjs-jquery-form_12-4_all.deb",
        18424,
        "fbfeedcd3eaf519b3cdcc88e93a1c79f6775da71657bac763f1430fe66e8a1da",
    ),
    "libjs-underscore": (
        "u/underscore/libjs-underscore_1.13.4~dfsg+~1.11.4-3_all.deb",
        115632,
        "4a0fbc90e7f62ea50c4ac7453352721fa60bb5eac87e9f39a027908faff29015",
    ),
    "fonts-roboto-unhinted": (
        "f/fonts-roboto/fonts-roboto-unhinted_0~20170802-3_all.deb",
        2379948,
        "f89cf7d8a589489daecf750031ec50456ab3e648d49ff544f0f08753268fbd91",
    ),
    "fonts-font-awesome": (
        "f/fonts-font-awesome/fonts-font-awesome_5.0.10+really4.7.0~dfsg-4.1_all.deb",
        517040,
        "5f09e1adce26d59628a239c538882d53e58978b958233864fc617be9a510018e",
    ),
    "fonts-montserrat": (
        "f/fonts-montserrat/fonts-montserrat_9.000-6_all.deb",
        6248620,
        "c5f603701f86661a7eed820ff0b0d19e0aa697b316053b7885cc7346370128c1",
    ),
}
# Translations and country packs are three quarters of the package.
LEFT_OUT = (
    "*/i18n",
    "*/i18n/*",
    "*/odoo/addons/l10n_*",
    "./usr/lib/python3/dist-packages/addons*",
    "./usr/lib/python3/dist-packages/doc*",
    "./usr/share/doc*",
    "./usr/share/man*",
    "./etc/*",
    "*/static/description/*.jpg",
    "*/static/description/*.gif",
)
# Debian removes this file, yet the manifest still names it: every page would log an error.
EMPTY_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)
NEEDED_MB = 600
NO_ODOO = "set ODOO_PATH to a checkout of Odoo 19.0"


@dataclass(frozen=True)
class Odoo:
    """An Odoo to run: the script that starts it, and what Python must see to import it."""

    program: Path
    python_path: Path
    addons: Path
    key: str


def prepare():
    """Return the Odoo of ODOO_PATH, or the private copy, made on first use."""
    given = os.environ.get("ODOO_PATH")
    if given:
        return _given(Path(given).expanduser().absolute())
    prefix = paths.cache() / f"odoo-{_key()}"
    if not prefix.exists():
        with paths.locked(paths.cache() / "odoo.lock", "unpacking Odoo"):
            if not prefix.exists():
                _build(prefix)
    packages = prefix / "usr/lib/python3/dist-packages"
    return Odoo(
        prefix / "usr/bin/odoo", packages, packages / "odoo/addons", prefix.name
    )


def release(python_path):
    """The `x.y` of the Odoo found there, or an empty string."""
    try:
        text = (python_path / "odoo/release.py").read_text()
    except OSError:
        return ""
    found = re.search(r"version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", text)
    return ".".join(found.groups()) if found else ""


def _given(path):
    for python_path in (path, path / "usr/lib/python3/dist-packages", path.parent):
        found = release(python_path)
        if not found:
            continue
        if found != "19.0":
            raise SetupError(
                f"ODOO_PATH {path} holds Odoo {found}, not 19.0",
                "check out its branch 19.0",
            )
        for program in (
            python_path / "odoo-bin",
            path / "usr/bin/odoo",
            Path("/usr/bin/odoo"),
        ):
            if program.exists():
                addons = python_path / "odoo/addons"
                key = paths.digest(python_path, _commit(python_path))
                return Odoo(program, python_path, addons, key)
    raise SetupError(
        f"ODOO_PATH {path} holds no Odoo",
        "point it at the folder with odoo-bin, or unset it",
    )


def _commit(path):
    """What a checkout of git stands at: databases made with another one are not its own."""
    if not (path / ".git").exists() or not shutil.which("git"):
        return ""
    command = ["git", "-C", path, "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _key():
    return paths.digest(ODOO_DEB, sorted(LINKED_DEBS.items()), LEFT_OUT, EMPTY_FILES)


def _build(prefix):
    paths.require_space(paths.cache(), NEEDED_MB)
    deb = _fetch_odoo()
    linked = [
        found
        for name, pin in LINKED_DEBS.items()
        if (found := _fetch_linked(name, pin))
    ]
    temporary = prefix.with_name(prefix.name + ".part")
    paths.discard(temporary)
    with step("Unpacking Odoo 19.0"):
        excluded = re.compile("|".join(map(fnmatch.translate, LEFT_OUT)))
        debian.unpack(deb, temporary, lambda name: not excluded.match(name))
        for other in linked:
            debian.unpack(
                other, temporary, lambda name: not name.startswith("./usr/share/doc")
            )
        for name in EMPTY_FILES:
            empty = temporary / "usr/lib/python3/dist-packages/odoo/addons" / name
            paths.ensure(empty.parent)
            empty.touch()
    temporary.replace(prefix)


def _fetch_odoo():
    path, size, sha256 = ODOO_DEB
    try:
        return download.fetch(f"{POOL}/{path}", sha256, "Odoo 19.0 (123 MB)", size)
    except download.Missing:
        found = debian.candidate("odoo-19", "sid")
    if not found["version"].startswith("19.0."):
        raise SetupError(
            f"Debian now offers Odoo {found['version']}, not 19.0", NO_ODOO
        )
    warn(
        f"the pinned Odoo package is gone; taking {found['version']}, which Debian signed"
    )
    return download.fetch(found["url"], found["sha256"], "Odoo 19.0", found["size"])


def _fetch_linked(name, pin):
    path, size, sha256 = pin
    try:
        return download.fetch(f"{POOL}/{path}", sha256, name, size)
    except download.Missing as error:
        warn(f"{name} is left out ({error.message})")
        return None
