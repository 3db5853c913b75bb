"""pytest plugin: imports `odoo.addons.<addon>.policies` and its tests without starting Odoo.

Each addon becomes an empty package whose `__init__.py` is not run, so a policy that needs Odoo fails here.
"""

import sys
import types
from pathlib import Path

import _pytest.pathlib
import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def _package(name, folder):
    package = types.ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, package)


def pytest_configure():
    for name, folder in (("odoo", ADDONS), ("odoo.addons", ADDONS)):
        _package(name, folder)
    for manifest in ADDONS.glob("*/__manifest__.py"):
        name = f"odoo.addons.{manifest.parent.name}"
        _package(name, manifest.parent)
        _package(f"{name}.tests", manifest.parent / "tests")
    resolve = _pytest.pathlib.resolve_pkg_root_and_module_name

    def resolve_with_odoo_prefix(path, **kwargs):
        if ADDONS in path.parents:
            return ADDONS, "odoo.addons." + ".".join(
                path.relative_to(ADDONS).with_suffix("").parts
            )
        return resolve(path, **kwargs)

    _pytest.pathlib.resolve_pkg_root_and_module_name = resolve_with_odoo_prefix


def pytest_collect_directory(path, parent):
    """Take addons as plain folders: as packages pytest would run their `__init__.py`."""
    return (
        pytest.Dir.from_parent(parent, path=path)
        if path == ADDONS or ADDONS in path.parents
        else None
    )
