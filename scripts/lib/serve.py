"""scripts/serve: the database is made or brought up to date, Odoo runs, demo.json says how to use it."""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import subprocess
import urllib.request
from pathlib import Path

from . import addons, config, databases, machine, paths, postgres, verify_audit
from .errors import SetupError
from .progress import say, step, warn
from .server import Server

DEFAULT_PORT = 8069
PORTS_TRIED = 50
ROOT_ADDONS = ["saas_risk", "support_visibility_knowledge"]  # the others follow
NEEDED_MB = 1500
PROVISION_TRIES = 3
PROVISION = """
import json
result = env["saas_demo.setup"]._provision()
env.cr.commit()
print("\\n@provisioned@" + json.dumps(result, default=str))
"""
SET_ADMIN_PASSWORD = """
import os
env.ref("base.user_admin").password = os.environ["SAAS_ADMIN_PASSWORD"]
env.cr.commit()
"""
RENEW_SECRETS = """
env["ir.config_parameter"].init(force=True)  # uuid and secret came with the copy
"""


def main(args):
    options = _parse(args)
    home = paths.ensure(paths.state() / "serve")
    with _only_one(home, options.db):
        port = _choose_port(options.port)
        base = addons.outside_dependencies(_wanted(options))
        with machine.running("serve", durable=True, base=base) as ready:
            ready = _configure(ready, options, port)
            url = f"http://127.0.0.1:{port}"
            _bring_up_to_date(ready, options, home, url)
            return _run(ready, options, port, home, url)


def _parse(args):
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description="Set everything up and start the suite on 127.0.0.1; Ctrl-C stops it.",
    )
    parser.add_argument(
        "--port", type=int, help=f"default: {DEFAULT_PORT} or the next free one"
    )
    parser.add_argument(
        "--db", default="saas", help="database; made on first use (default: saas)"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="Odoo worker processes (default: 0, threads)",
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="an empty company instead of the demo"
    )
    parser.add_argument(
        "--allow-endpoint",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="inner address that signed deliveries may go to; repeatable",
    )
    options = parser.parse_args(args)
    options.demo = not options.no_demo
    if options.demo and not (paths.ADDONS / addons.DEMO).exists():
        warn(f"this checkout has no addon {addons.DEMO}: starting without demo")
        options.demo = False
    return options


@contextlib.contextmanager
def _only_one(home, database):
    with open(home / f"{database}.lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                f"database {database} of this checkout is already served",
                "stop that one, or choose --db NAME",
            ) from None
        yield


def _choose_port(wanted):
    if wanted:
        if config.free_port(wanted):
            return wanted
        raise SetupError(
            f"port {wanted} is taken", "choose another --port, or leave it out"
        )
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if config.free_port(port):
            if port != DEFAULT_PORT:
                say(f"Port {DEFAULT_PORT} is taken, using {port}")
            return port
    raise SetupError(
        f"ports {DEFAULT_PORT} to {port} are taken", "choose one with --port"
    )


def _configure(ready, options, port):
    allowed = list(options.allow_endpoint)
    sections = {}
    if options.demo:
        allowed.append(f"127.0.0.1:{port}")
        sections[addons.DEMO] = {"enabled": "1"}
    sections["event_hub"] = {"allow_hosts": ",".join(allowed)}
    sections["approval_engine"] = {"audit_heads": str(verify_audit.heads_file())}
    live = config.free_port()
    if options.workers:
        say(
            f"With --workers, live updates (/websocket) answer on port {live}: "
            "a proxy must lead them there, else pages change when they are loaded anew"
        )
    values = {
        "data_dir": str(_data_dir()),
        "db_name": options.db,
        "http_port": str(port),
        "gevent_port": str(live),
        "workers": str(options.workers),
        "max_cron_threads": "8",
        "limit_time_real_cron": "900",
    }
    return ready.write_conf(f"serve-{options.db}", values, sections)


def _data_dir():
    return paths.ensure(paths.state() / "data" / "serve")


def _bring_up_to_date(ready, options, home, url):
    """Make the database, or upgrade the addons whose files changed since it was last served."""
    known_file = home / f"{options.db}.json"
    now = {"odoo": ready.odoo.key, "addons": addons.fingerprints()}
    if not postgres.exists(ready.env, options.db):
        paths.require_space(paths.state(), NEEDED_MB)
        _forget_credentials(home, options.db)
        verify_audit.begin(options.db)
        _create(ready.hasty(), options, home, url)
    else:
        known = (
            json.loads(known_file.read_text())
            if known_file.exists()
            else {"odoo": None, "addons": {}}
        )
        _upgrade(ready, options, known, now)
    paths.write_atomically(known_file, json.dumps(now, indent=1))


def _create(ready, options, home, url):
    """Install under another name first: an interrupted start begins anew."""
    unfinished = f"{options.db}_new"
    data = _data_dir()
    databases.drop(ready, unfinished, data)
    wanted = _wanted(options)
    outside = addons.outside_dependencies(wanted)
    databases.create_base(ready, unfinished, data, outside)
    code = RENEW_SECRETS + databases.BACKEND_ASSETS + PROVISION * options.demo
    with step(f"Installing {' and '.join(wanted)} in the new database {options.db}"):
        command = databases.install_command(ready, unfinished, wanted)
        said = _run_code(ready, home, command, options.db, code)
    if not options.demo:
        _set_admin_password(ready, home, unfinished, options.db)
    databases.rename(ready, unfinished, options.db, data)
    if options.demo:
        _keep_credentials(home, options, url, _provisioned(said))


def _wanted(options):
    return [*ROOT_ADDONS, addons.DEMO] if options.demo else ROOT_ADDONS


def _forget_credentials(home, database):
    _credentials_file(home, database).unlink(missing_ok=True)


def _set_admin_password(ready, home, database, name):
    password = secrets.token_urlsafe(12)
    target = home / f"{name}.admin-password"
    target.touch(mode=0o600)
    target.write_text(password + "\n")
    environment = machine.Machine(
        ready.odoo, ready.venv, ready.env | {"SAAS_ADMIN_PASSWORD": password}
    )
    _shell(environment, home, database, SET_ADMIN_PASSWORD)
    say(f"The password of user admin is in {target}")


def _upgrade(ready, options, known, now):
    installed = set(
        postgres.query(
            ready.env,
            "SELECT name FROM ir_module_module WHERE state = 'installed'",
            options.db,
        ).splitlines()
    )
    changed = [
        name
        for name, value in now["addons"].items()
        if known["addons"].get(name) != value
    ]
    changed = [name for name in changed if name in installed]
    if known["odoo"] != now["odoo"]:
        changed = ["base"]
    missing = [addons.DEMO] if options.demo and addons.DEMO not in installed else []
    if not changed and not missing:
        return
    home = paths.state() / "serve"
    _forget_credentials(home, options.db)
    args = (["-u", ",".join(changed)] if changed else []) + (
        ["-i", ",".join(missing)] if missing else []
    )
    with step(f"Upgrading {', '.join(changed + missing)} in database {options.db}"):
        _odoo(ready, home, options.db, *args)


def _odoo(ready, home, database, *args):
    log = home / "setup.log"
    with open(log, "a") as handle:
        done = ready.run(
            ready.odoo_command(
                "-d",
                database,
                *args,
                "--stop-after-init",
                "--no-http",
                "--max-cron-threads=0",
            ),
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            cwd=paths.ROOT,
        )
    if done.returncode:
        raise SetupError(f"Odoo cannot prepare database {database}", f"see {log}")


def _shell(ready, home, database, code):
    """Run code in an Odoo shell and return its output."""
    command = databases.shell_command(ready, database)
    return _run_code(ready, home, command, database, code)


def _run_code(ready, home, command, database, code):
    log = home / "setup.log"
    with open(log, "a") as handle:
        done = ready.run(
            command,
            input=code,
            stdout=subprocess.PIPE,
            stderr=handle,
            text=True,
            cwd=paths.ROOT,
        )
    if done.returncode:
        raise SetupError(f"Odoo cannot prepare database {database}", f"see {log}")
    return done.stdout


def _run(ready, options, port, home, url):
    demo_file = paths.state() / "demo.json"
    demo_file.unlink(missing_ok=True)
    provisioned = _credentials(ready, home, options, url)
    server = Server(ready, port, home / f"{options.db}.log")
    try:
        say("Starting Odoo")
        server.wait_until_it_answers()
        provisioned = _working(provisioned, ready, home, options, url)
        start_key = provisioned.pop("start_key", None)
        _write_private(
            demo_file, {"url": url, "db": options.db, "pid": os.getpid(), **provisioned}
        )
        _wake(ready, options.db)
        say(f"Log: {server.log}")
        print(f"Ready: {url}")
        if start_key:
            print(f"Start: {url}/saas_demo/start?key={start_key}")
        print("Ctrl-C stops it.", flush=True)
        server.wait()
    except KeyboardInterrupt:
        return 0  # Ctrl-C and SIGTERM are how it is meant to end
    finally:
        demo_file.unlink(missing_ok=True)
        say("Stopping")
        server.stop()
        Path(ready.env["ODOO_RC"]).unlink(missing_ok=True)


def _wake(ready, database):
    """What waited for the start begins now, not at Odoo's next look within a minute."""
    name = database.replace("'", "''")
    # A role that may not connect to `postgres` hears no wake-ups either; health says so.
    with contextlib.suppress(SetupError):
        postgres.query(ready.env, f"SELECT pg_notify('cron_trigger', '{name}')")


def _provision(ready, home, database):
    """Let the demo addon renew keys and secrets; crons of the running server may be in its way."""
    for remaining in reversed(range(PROVISION_TRIES)):
        try:
            output = _shell(ready, home, database, PROVISION)
        except SetupError:
            if not remaining:
                raise
            continue
        return _provisioned(output)
    raise SetupError("the demo cannot be prepared", f"see {home / 'setup.log'}")


def _provisioned(output):
    """What the demo addon answered."""
    answer = output.partition("@provisioned@")[2]
    return json.loads(answer.splitlines()[0])


def _credentials(ready, home, options, url):
    """What demo.json adds for a demo: that of the last start, else made before the server runs,
    whose crons would be in the way of a demo that tells its story."""
    if not options.demo:
        return {}
    found = _kept_credentials(_credentials_file(home, options.db), url)
    if found:
        return found
    with step("Preparing the demo"):
        return _provision(ready, home, options.db)


def _working(found, ready, home, options, url):
    """These credentials, made anew if the running server does not know them any more."""
    if options.demo:
        if not _key_works(url, found):
            found = _provision(ready, home, options.db)
        _keep_credentials(home, options, url, found)
    return found


def _keep_credentials(home, options, url, found):
    _write_private(_credentials_file(home, options.db), {"url": url, **found})


def _credentials_file(home, database):
    return home / f"{database}.credentials.json"


def _kept_credentials(kept, url):
    """Those of the last start, if the database and the address are still the same.

    New ones cost seconds: each password is hashed slowly, as it should be.
    """
    if not kept.exists():
        return {}
    found = json.loads(kept.read_text())
    return found if found.pop("url") == url else {}


def _key_works(url, provisioned):
    request = urllib.request.Request(
        f"{url}/json/2/res.users/search_count",
        b'{"domain": []}',
        {
            "Authorization": f"bearer {provisioned['users']['admin']['api_key']}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False


def _write_private(target, content):
    """Write JSON that only this user can read, at once."""
    temporary = target.with_name(f".{target.name}.part")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(content, indent=1) + "\n")
    temporary.replace(target)
