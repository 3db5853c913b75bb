"""scripts/test: all layers, one TOTAL line, skips count as failures."""

import argparse
import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, browser, config, machine, paths, template
from .progress import say

COUNTS = ("passed", "failed", "error", "skipped")
ORDER = ("lint", "policies", "models", "http", "tours", "demo", "system")
DESCRIPTION = """Set everything up and run the tests: lint, policies, models, http, tours, demo, system.
Other arguments go to pytest: scripts/test addons/event_hub, scripts/test -k door -x."""


@dataclass
class Tally:
    layers: dict = field(default_factory=dict)
    deselected: dict = field(default_factory=dict)

    def add(self, layer, counts):
        known = self.layers.setdefault(layer, dict.fromkeys((*COUNTS, "seconds"), 0))
        for key, value in counts.items():
            known[key] += value

    def total(self, key):
        return sum(counts[key] for counts in self.layers.values())


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/test", description=DESCRIPTION)
    parser.add_argument(
        "--full", action="store_true", help="run the optional tests too"
    )
    parser.add_argument(
        "--no-lint", action="store_true", help="leave out lint in a run of everything"
    )
    options, rest = parser.parse_known_args(args)
    chosen = [arg for arg in rest if Path(arg.split("::")[0]).exists()]
    passed_on = [arg for arg in rest if arg not in chosen]
    began = time.monotonic()
    tally = Tally()
    whole = not rest
    if whole and not options.no_lint:
        _lint(tally)
    files = _by_layer(chosen)
    if any(files.values()):
        _run_layers(files, passed_on, options.full, tally)
    return _conclude(tally, time.monotonic() - began)


def _lint(tally):
    from . import linting  # the lint tools are only set up when they are wanted

    began = time.monotonic()
    failures = linting.main([])
    tally.add(
        "lint",
        {"failed" if failures else "passed": 1, "seconds": time.monotonic() - began},
    )


def _by_layer(chosen):
    """{layer: [pytest argument]}, narrowed to the chosen paths and node ids."""
    found = {layer: [] for layer in ORDER}
    for path in sorted(paths.ADDONS.glob("*/tests/test_*.py")) + sorted(
        (paths.ROOT / "tests").glob("test_*.py")
    ):
        layer = _layer(path)
        if not chosen:
            found[layer].append(str(path))
        for choice in chosen:
            place, *node = choice.split("::")
            place = Path(place).resolve()
            if path == place or place in path.parents:
                found[layer].append("::".join([str(path), *node]))
    return found


def _layer(path):
    if paths.ADDONS not in path.parents:
        return "system"
    if path.name.startswith("test_policy_"):
        return "policies"
    if path.relative_to(paths.ADDONS).parts[0] == addons.DEMO:
        return "demo"
    return {"http": "http", "tour": "tours"}.get(
        path.name.split("_")[1].removesuffix(".py"), "models"
    )


def _run_layers(files, passed_on, full, tally):
    with_odoo = files["models"] + files["http"] + files["tours"]
    if files["tours"] or files["demo"] or files["system"]:
        browser.ensure()
    if files["policies"]:
        _, venv = machine.prepare()
        _policies(venv, files["policies"], passed_on, full, tally)
    if with_odoo or files["demo"] or files["system"]:
        with machine.running("test", durable=False) as ready:
            if with_odoo or files["demo"]:
                name = template.build(
                    ready, tours=bool(files["tours"] or files["demo"])
                )
            if with_odoo:
                _odoo(ready, name, (), with_odoo, passed_on, full, tally)
            if files["demo"]:
                _odoo(
                    ready,
                    name,
                    (addons.DEMO,),
                    files["demo"],
                    passed_on,
                    full,
                    tally,
                    "demo",
                )
            if files["system"]:
                _pytest(
                    ready,
                    "system",
                    ["-p", "no:odoo", *files["system"], *passed_on],
                    full,
                    tally,
                )


def _policies(venv, files, passed_on, full, tally):
    plain = machine.Machine(None, venv, dict(os.environ))
    _pytest(
        plain,
        "policies",
        ["-p", "no:odoo", "-p", "saas_policies", *files, *passed_on],
        full,
        tally,
    )


def _odoo(ready, source, extra, files, passed_on, full, tally, only_layer=None):
    say("Cloning the template database")
    with template.clone(ready, source, extra) as database:
        options = {
            "db_name": database,
            "dbfilter": f"^{database}$",
            "data_dir": str(template.data_dir()),
            "http_port": str(config.free_port()),
            "gevent_port": str(config.free_port()),
            "max_cron_threads": "0",
        }
        sections = {"saas_demo": {"enabled": "1"}} if addons.DEMO in extra else {}
        conf = ready.write_conf(f"test-{os.getpid()}", options, sections)
        try:
            _pytest(
                conf,
                only_layer or "odoo",
                ["--odoo-http", *files, *passed_on],
                full,
                tally,
                bool(only_layer),
            )
        finally:
            Path(conf.env["ODOO_RC"]).unlink()


def _pytest(ready, name, args, full, tally, as_one_layer=True):
    report = paths.ensure(paths.state() / "test") / f"{name}-{os.getpid()}.json"
    env = ready.env | {
        "SAAS_REPORT": str(report),
        "SAAS_FULL": "1" if full else "0",
        "PYTHONPATH": os.pathsep.join(
            filter(
                None,
                [str(paths.SCRIPTS / "pytest_plugins"), ready.env.get("PYTHONPATH")],
            )
        ),
    }
    say(f"Running {name} tests")
    began = time.monotonic()
    command = [
        ready.python,
        "-m",
        "pytest",
        "-p",
        "saas_report",
        "-q",
        "--rootdir",
        paths.ROOT,
        *args,
    ]
    child = machine.Machine(ready.odoo, ready.venv, env).popen(command, cwd=paths.ROOT)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        child.wait(20)
        raise
    _collect(tally, name, code, report, time.monotonic() - began, as_one_layer)


def _collect(tally, name, code, report, seconds, as_one_layer):
    if not report.exists():
        say(f"pytest ended with code {code} and no report")
        tally.add(name, {"error": 1, "seconds": seconds})
        return
    result = json.loads(report.read_text())
    report.unlink()
    tally.deselected.update(result["deselected"])
    for layer, counts in result["layers"].items():
        tally.add(name if as_one_layer else layer, counts)
    spent = sum(counts["seconds"] for counts in result["layers"].values())
    if result["layers"]:
        tally.add("start-up", {"seconds": seconds - spent})
    bad = sum(
        counts["failed"] + counts["error"] for counts in result["layers"].values()
    )
    if code not in (0, 1, 5) and not bad:
        tally.add(name, {"error": 1})


def _conclude(tally, seconds):
    print()
    for layer, counts in tally.layers.items():
        if layer == "start-up":
            continue
        numbers = (
            ", ".join(f"{counts[key]} {key}" for key in COUNTS if counts[key])
            or "nothing"
        )
        print(f"{layer:10} {counts['seconds']:7.1f} s  {numbers}")
    if "start-up" in tally.layers:
        print(f"{'start-up':10} {tally.layers['start-up']['seconds']:7.1f} s")
    for what, count in sorted(tally.deselected.items()):
        print(f"deselected (run with --full): {count} in {what}")
    passed, failed, errors, skipped = map(tally.total, COUNTS)
    if skipped:
        print("a skip counts as a failure")
    if not passed + failed + errors:
        print("no test was run")
    print(
        f"TOTAL: {passed} passed, {failed} failed, {errors} errors, {skipped} skipped in {seconds:.0f} s",
        flush=True,
    )
    return 0 if passed and not (failed or errors or skipped) else 1
