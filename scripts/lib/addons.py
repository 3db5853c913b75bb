"""The addons of this checkout: their names and what their files amount to."""

import ast
import hashlib

from . import paths

DEMO = "saas_demo"  # only scripts/serve installs it
# Glue to addons that are neither ours nor Odoo's own: Odoo installs it beside them, and its
# test brings them along; without them it cannot be installed.
BESIDE_OTHERS = {"event_hub_queue_job"}
WITHOUT_EFFECT = {".md", ".pot", ".pyc", ".rst"}


def names():
    """Those that can be installed with nothing but Odoo."""
    return [name for name in every_name() if name not in BESIDE_OTHERS]


def every_name():
    return sorted(
        manifest.parent.name for manifest in paths.ADDONS.glob("*/__manifest__.py")
    )


def manifest(name):
    return ast.literal_eval((paths.ADDONS / name / "__manifest__.py").read_text())


def outside_dependencies(wanted):
    """Odoo's own addons that these of ours need, directly or through others of ours."""
    own = set(names())
    open_, seen = set(wanted), set()
    while open_:
        name = open_.pop()
        seen.add(name)
        if name in own:
            open_ |= set(manifest(name).get("depends", [])) - seen
    return sorted(seen - own)


def fingerprint(name):
    """A hash of the files that an installation of this addon depends on."""
    folder = paths.ADDONS / name
    hasher = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            not path.is_file()
            or path.suffix in WITHOUT_EFFECT
            or inside.parts[0] == "tests"
        ):
            continue
        hasher.update(f"{inside}\0{path.stat().st_size}\0".encode())
        hasher.update(path.read_bytes())
    return hasher.hexdigest()


def fingerprints():
    return {name: fingerprint(name) for name in names()}
