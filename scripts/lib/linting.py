"""scripts/lint: Python, XML, manifests, JavaScript, and types of the policies."""

import argparse
import hashlib
import os
import subprocess
import time
import xml.etree.ElementTree
from pathlib import Path

from . import addons, paths, python_env
from .progress import say

LOCK = paths.SCRIPTS / "requirements-lint.lock"
DATA_SUFFIXES = {".xml", ".csv"}


def main(args):
    """Return how many of the checks failed."""
    parser = argparse.ArgumentParser(prog="scripts/lint", description=__doc__)
    parser.add_argument(
        "--fix", action="store_true", help="repair what can be repaired"
    )
    parser.add_argument("addon", nargs="*", help="addons to check; default: everything")
    options = parser.parse_args(args)
    venv = python_env.prepare(LOCK)
    chosen = [Path(name).name for name in options.addon] or addons.every_name()
    folders = [paths.ADDONS / name for name in chosen]
    python = (
        folders if options.addon else [*folders, paths.SCRIPTS, paths.ROOT / "tests"]
    )
    python = [folder for folder in python if folder.exists()]
    policies = [
        folder / "policies" for folder in folders if (folder / "policies").exists()
    ]
    checks = {
        "ruff": lambda: _tool(
            venv,
            "ruff",
            "check",
            "-q",
            "--output-format=concise",
            *["--fix"] * options.fix,
            *python,
        ),
        "ruff format": lambda: _tool(
            venv,
            "ruff",
            "format",
            "--output-format=concise",
            *["--check"] * (not options.fix),
            *python,
        ),
        "pylint-odoo": lambda: _pylint(venv, folders),
        "xml": lambda: _xml(folders),
        "manifests": lambda: _manifests(folders),
        "javascript": lambda: _javascript(venv, folders, options.fix),
        "types of policies": lambda: _types(venv, policies),
    }
    failed = [name for name, check in checks.items() if not _passes(name, check)]
    if failed:
        print(f"lint: {', '.join(failed)} failed; scripts/lint --fix repairs some")
    return len(failed)


def _passes(name, check):
    began = time.monotonic()
    complaints = check().strip()
    if complaints:
        print(f"--- {name}\n{complaints}")
    say(
        f"lint {name}: {'FAILED' if complaints else 'ok'} ({time.monotonic() - began:.1f} s)"
    )
    return not complaints


def _tool(venv, program, *args, cwd=paths.ROOT):
    """The output of a tool, empty if it is content."""
    done = subprocess.run(
        [str(venv / "bin" / program), *map(str, args)],
        cwd=cwd,
        env=os.environ | {"RUFF_CACHE_DIR": str(paths.state() / "ruff_cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return (
        (done.stdout or f"{program} ended with code {done.returncode}")
        if done.returncode
        else ""
    )


def _pylint(venv, folders):
    """Check what has never passed: a whole check takes a minute of CPU.

    An addon is judged by its own files alone, so what was said about this very content holds.
    """
    rcfile = paths.ROOT / "config/pylintrc"
    rules = paths.digest(rcfile.read_text(), venv.name)
    passed = paths.ensure(paths.cache() / "pylint-passed")
    marks = {
        folder: passed / paths.digest(rules, _content(folder)) for folder in folders
    }
    changed = [folder for folder in folders if not marks[folder].exists()]
    if not changed:
        return ""
    complaints = _tool(
        venv, "pylint", f"--rcfile={rcfile}", "-j2", "--score=n", *changed
    )
    named = {f for f in changed if f"{f.relative_to(paths.ROOT)}/" in complaints}
    if named or not complaints:  # else the tool itself failed
        for folder in set(changed) - named:
            marks[folder].touch()
    return complaints


def _content(folder):
    """A hash of all files of an addon, with their names."""
    hasher = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            hasher.update(f"{path.relative_to(folder.parent)} {content}\n".encode())
    return hasher.hexdigest()


def _xml(folders):
    complaints = []
    for path in _files(folders, "*.xml"):
        try:
            xml.etree.ElementTree.parse(path)
        except xml.etree.ElementTree.ParseError as error:
            complaints.append(f"{path.relative_to(paths.ROOT)}: {error}")
    return "\n".join(complaints)


def _manifests(folders):
    """Every data file is listed, and every listed file exists."""
    complaints = []
    for folder in folders:
        manifest = addons.manifest(folder.name)
        listed = {*manifest.get("data", []), *manifest.get("demo", [])}
        present = {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.suffix in DATA_SUFFIXES
            and path.relative_to(folder).parts[0] not in ("static", "tests", "i18n")
        }
        complaints += [
            f"{folder.name}: {name} is listed but missing"
            for name in sorted(listed - present)
        ]
        complaints += [
            f"{folder.name}: {name} is not listed in the manifest"
            for name in sorted(present - listed)
            if not _loaded_by_code(folder, name)
        ]
    return "\n".join(complaints)


def _loaded_by_code(folder, name):
    """Reference data that Python reads by its path is not for the manifest."""
    return any(Path(name).name in path.read_text() for path in folder.rglob("*.py"))


def _javascript(venv, folders, fix):
    found = [
        path
        for path in _files(folders, "*.js")
        if "lib" not in path.relative_to(paths.ADDONS).parts[:3]
    ]
    if not found:
        return ""
    config = paths.ROOT / "config/oxlint.json"
    return _tool(
        venv, "oxlint", "--config", config, "--deny-warnings", *["--fix"] * fix, *found
    )


def _types(venv, policies):
    if not policies:
        return ""
    relative = [folder.relative_to(paths.ADDONS) for folder in policies]
    cache = paths.state() / "mypy_cache"
    config = paths.ROOT / "pyproject.toml"
    return _tool(
        venv,
        "mypy",
        "--strict",
        f"--config-file={config}",
        f"--cache-dir={cache}",
        *relative,
        cwd=paths.ADDONS,
    )


def _files(folders, pattern):
    return sorted(path for folder in folders for path in folder.rglob(pattern))
