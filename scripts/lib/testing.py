"""scripts/test: all layers, one TOTAL line, skips count as failures."""

import argparse
import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, browser, config, databases, machine, paths, template
from .progress import say

START_UP = "start-up"
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
    parser.add_argument("--no-lint", action="store_true", help="leave out lint")
    options, rest = parser.parse_known_args(args)
    chosen = [arg for arg in rest if Path(arg.split("::")[0]).exists()]
    began = time.monotonic()
    run = Run([arg for arg in rest if arg not in chosen], options.full)
    if not rest and not options.no_lint:
        _lint(run.tally)
    run.layers(_by_layer(chosen))
    return _conclude(run.tally, time.monotonic() - began)


def _lint(tally):
    from . import linting  # the lint tools are only set up when they are wanted

    began = time.monotonic()
    failures = linting.main([])
    seconds = time.monotonic() - began
    tally.add("lint", {"failed" if failures else "passed": 1, "seconds": seconds})


def _by_layer(chosen):
    """{layer: [pytest argument]}, narrowed to the chosen paths and node ids."""
    found = {layer: [] for layer in ORDER}
    files = sorted(paths.ADDONS.glob("*/tests/test_*.py"))
    for path in files + sorted((paths.ROOT / "tests").glob("test_*.py")):
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
    kind = path.stem.split("_")[1]
    return {"http": "http", "tour": "tours"}.get(kind, "models")


class Run:
    """One run of scripts/test: arguments for pytest, and what came of it."""

    def __init__(self, passed_on, full):
        self.tally = Tally()
        self._passed_on = passed_on
        self._full = full

    def layers(self, files):
        with_odoo = files["models"] + files["http"] + files["tours"]
        if files["tours"] or files["demo"] or files["system"]:
            browser.ensure()
        if files["policies"]:
            options = ["-p", "no:odoo", "-p", "saas_policies"]
            self._pytest(self._plain(), "policies", [*options, *files["policies"]])
        if with_odoo or files["demo"]:
            with machine.running("test", durable=False) as ready:
                tours = bool(files["tours"] or files["demo"])
                source = template.build(ready, tours)
                if with_odoo:
                    self._odoo(ready, source, with_odoo)
                if files["demo"]:
                    self._odoo(ready, source, files["demo"], demo=True)
        if files["system"]:
            self._pytest(self._plain(), "system", ["-p", "no:odoo", *files["system"]])

    def _plain(self):
        """Without Odoo and without a PostgreSQL of ours."""
        _, venv = machine.prepare()
        return machine.Machine(None, venv, dict(os.environ))

    def _odoo(self, ready, source, files, demo=False):
        say("Cloning the template database")
        with template.clone(ready, source) as database:
            options = {
                "db_name": database,
                "dbfilter": f"^{database}$",
                "data_dir": str(template.data_dir()),
                "http_port": str(config.free_port()),
                "gevent_port": str(config.free_port()),
                "max_cron_threads": "0",
            }
            sections = {addons.DEMO: {"enabled": "1"}} if demo else {}
            conf = ready.write_conf(f"test-{os.getpid()}", options, sections)
            try:
                if demo:
                    databases.install(
                        conf, database, template.data_dir(), [addons.DEMO]
                    )
                layer = "demo" if demo else None
                self._pytest(conf, layer, ["--odoo-http", *files])
            finally:
                Path(conf.env["ODOO_RC"]).unlink()

    def _pytest(self, ready, layer, args):
        """Run pytest; without a layer's name its files are counted by their own."""
        name = layer or "odoo"
        report = paths.ensure(paths.state() / "test") / f"{name}-{os.getpid()}.json"
        plugins = str(paths.SCRIPTS / "pytest_plugins")
        search = [plugins, ready.env.get("PYTHONPATH")]
        env = ready.env | {
            "SAAS_REPORT": str(report),
            "SAAS_FULL": "1" if self._full else "0",
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
        }
        say(f"Running {name} tests")
        began = time.monotonic()
        command = [ready.python, "-m", "pytest", "-p", "saas_report", "-q"]
        command += ["--rootdir", paths.ROOT, *args, *self._passed_on]
        prepared = machine.Machine(ready.odoo, ready.venv, env)
        child = prepared.popen(command, cwd=paths.ROOT)
        try:
            code = child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            child.wait(20)
            raise
        self._collect(name, layer, code, report, time.monotonic() - began)

    def _collect(self, name, layer, code, report, seconds):
        if not report.exists():
            say(f"pytest ended with code {code} and no report")
            self.tally.add(name, {"error": 1, "seconds": seconds})
            return
        result = json.loads(report.read_text())
        report.unlink()
        self.tally.deselected.update(result["deselected"])
        for found, counts in result["layers"].items():
            self.tally.add(layer or found, counts)
        parts = result["layers"].values()
        self.tally.add(
            START_UP, {"seconds": seconds - sum(c["seconds"] for c in parts)}
        )
        bad = sum(counts["failed"] + counts["error"] for counts in parts)
        if code not in (0, 1, 5) and not bad:
            self.tally.add(name, {"error": 1})


def _conclude(tally, seconds):
    print()
    for layer, counts in tally.layers.items():
        if layer == START_UP:
            continue
        numbers = (
            ", ".join(f"{counts[key]} {key}" for key in COUNTS if counts[key])
            or "nothing"
        )
        print(f"{layer:10} {counts['seconds']:7.1f} s  {numbers}")
    if START_UP in tally.layers:
        print(f"{START_UP:10} {tally.layers[START_UP]['seconds']:7.1f} s")
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
