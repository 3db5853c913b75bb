"""The check of ``scripts/verify_audit``: everything, as nobody in particular, against a file of heads."""

from __future__ import annotations

from pathlib import Path

from ..policies import sealing
from . import heads_file


def check(env, path: str, given: bool) -> dict:
    """Verify the decision log of ``env`` in superuser mode; changes nothing.

    :param path: the file of heads; one that was not ``given`` by name may be missing
    :return: as ``chain_report``, and {"db", "head_file": path | false, "heads_of": database, "unreadable": lines}, or
        {"error": why the file tells nothing about this database}
    """
    database = env.cr.dbname
    if not given and not Path(path).exists():
        found = env["approval_engine.decision"].sudo()._verify_all(sealing.Outside())
        return {**found, "db": database, "head_file": False}
    of = database
    try:
        outside = heads_file.read(Path(path), of)
        if given and not outside.heads and len(outside.others) == 1:
            # a copy under another name, compared with the heads of the original
            (of,) = outside.others
            outside = heads_file.read(Path(path), of)
    except OSError as error:
        return {"error": f"{path} cannot be read: {error.strerror}"}
    if given and not outside.heads:
        named = ", ".join(sorted(outside.others)) or "no database"
        return {"error": f"{path} has no head of {database}; it has those of {named}"}
    found = env["approval_engine.decision"].sudo()._verify_all(outside)
    return {
        **found,
        "db": database,
        "head_file": path,
        "heads_of": of,
        "unreadable": outside.unreadable,
    }
