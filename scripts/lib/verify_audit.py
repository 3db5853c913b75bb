"""scripts/verify_audit: is the decision log as it was written?

Recomputes the chain of every request and the global chain of seals, and compares the
seals with their heads kept outside the database. Prints the verdict as JSON, what it rests on
and what is wrong as remarks beside it (standard error); exits 1 if something is wrong.
"""

import argparse
import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

from . import machine, paths, postgres, running
from .errors import SetupError

VERDICT = ("ok", "checked", "first_bad", "sealed", "unsealed")
PURGED = ("purged", "checkpoints")  # only where retention deleted something
CHECK = """
import json, os
from odoo.addons.approval_engine.tools import audit
print("\\n@verified@" + json.dumps(audit.check(env, os.environ["SAAS_HEADS"], os.environ["SAAS_HEADS_GIVEN"] == "1")))
"""


def heads_file():
    """Where scripts/serve has the heads of seals appended."""
    return paths.state() / "audit" / "heads.jsonl"


def begin(database):
    """Note that from here on a new database has this name: heads of an earlier one are not its own."""
    target = heads_file()
    if not target.exists():
        return
    begins = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = json.dumps({"db": database, "begins": begins}) + "\n"
    torn = target.read_bytes()[-1:] not in (b"", b"\n")
    with open(target, "a") as file:
        file.write("\n" * torn + line)


def main(args):
    options = _parse(args)
    if options.head and not options.head.is_file():
        raise SetupError(f"there is no file {options.head}", "name one with --head")
    with machine.running("serve", durable=True) as ready:
        if not postgres.exists(ready.env, options.db):
            raise SetupError(
                f"there is no database {options.db}",
                "name one with --db, or run scripts/serve first",
            )
        found = _check(ready, options)
    for line in _remarks(found):
        print(line, file=sys.stderr)
    told = (*VERDICT, *(name for name in PURGED if name in found))
    print(json.dumps({name: found[name] for name in told}, indent=1))
    return 0 if found["ok"] else 1


def _remarks(found):
    """What the verdict rests on, and what is wrong, in words."""
    if found["head_file"]:
        yield f"Compared with {found['heads']} heads of {found['heads_of']} in {found['head_file']}."
        if found["unreadable"]:
            yield f"{found['unreadable']} lines of it cannot be read."
    else:
        yield "Compared with no heads: there is no file of them."
    for one in found.get("checkpoints", ()):
        yield (
            f"Checkpoint {one['number']} of {one['made_at']}: {one['decisions']} decisions of"
            f" {one['requests']} requests were deleted after the years they are kept."
        )
    yield from found["problems"]


def _parse(args):
    parser = argparse.ArgumentParser(
        prog="scripts/verify_audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--db", help="default: the one that is served, else that of scripts/serve"
    )
    parser.add_argument(
        "--head",
        type=lambda name: Path(name).absolute(),
        metavar="FILE",
        help="heads kept elsewhere, one JSON object a line; default: .runtime/audit/heads.jsonl",
    )
    options = parser.parse_args(args)
    options.db = options.db or _served()
    return options


def _served():
    try:
        return running.demo()["db"]
    except SetupError:
        return "saas"


def _check(ready, options):
    conf = {
        "data_dir": str(paths.ensure(paths.state() / "data" / "serve")),
        "max_cron_threads": "0",
        "log_level": "warn",
    }
    ready = ready.write_conf(f"verify-{os.getpid()}", conf)
    given = {
        "SAAS_HEADS": str(options.head or heads_file()),
        "SAAS_HEADS_GIVEN": "1" if options.head else "0",
    }
    asked = machine.Machine(ready.odoo, ready.venv, ready.env | given)
    try:
        done = asked.run(
            asked.odoo_command("shell", "-d", options.db, "--no-http"),
            input=CHECK,
            capture_output=True,
            text=True,
            cwd=paths.ROOT,
        )
    finally:
        Path(ready.env["ODOO_RC"]).unlink()
    _, found, answer = done.stdout.partition("@verified@")
    if not found:
        print(done.stderr[-3000:])
        raise SetupError(
            f"the decision log of {options.db} cannot be read",
            "if its addons are older than this checkout, start it with scripts/serve first",
        )
    result = json.loads(answer.splitlines()[0])
    if "error" in result:
        raise SetupError(result["error"], "name the right file with --head")
    return result
