"""scripts/test: all layers, one TOTAL line, skips count as failures."""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pytest_plugins.saas_layers import layer_of

from . import addons, browser, config, jobs, machine, paths, template
from .errors import SetupError
from .progress import say

START_UP = "start-up"
COUNTS = ("passed", "failed", "error", "skipped")
SECONDS = {  # layers in the order of the report, and what each may take: the longest begins first
    "lint": 15,
    "policies": 30,
    "models": 210,
    "http": 30,
    "tours": 150,
    "demo": 60,
    "system": 240,
}
SHORTER = {"system 2": 50}  # parts of a layer that take less than it
FIRST = 1000  # the template: most of the others wait for it
PLUGINS = ("-p", "saas_browser", "-p", "saas_warm", "-p", "saas_quick")
ON_ODOO = ("models", "http", "tours", "demo")
DESCRIPTION = """Set everything up and run the tests: lint, policies, models, http, tours, demo, system.
Other arguments go to pytest: scripts/test addons/event_hub, scripts/test -k door -x."""


@dataclass
class Tally:
    layers: dict = field(default_factory=dict)
    deselected: dict = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, layer, counts):
        with self._lock:
            zeros = dict.fromkeys((*COUNTS, "seconds"), 0)
            known = self.layers.setdefault(layer, zeros)
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
    parser.add_argument(
        "--jobs",
        type=int,
        help="layers side by side (default: the processors; 1 if tests are named)",
    )
    options, rest = parser.parse_known_args(args)
    chosen = [arg for arg in rest if Path(arg.split("::")[0]).exists()]
    began = time.monotonic()
    slots = options.jobs or (1 if rest else jobs.processors())
    run = Run([arg for arg in rest if arg not in chosen], options.full, slots)
    run.layers(_by_layer(chosen), lint=not rest and not options.no_lint)
    return _conclude(run.tally, time.monotonic() - began)


def _by_layer(chosen):
    """{layer: [pytest argument]}, narrowed to the chosen paths and node ids."""
    found = {layer: [] for layer in SECONDS}
    files = sorted(paths.ADDONS.glob("*/tests/test_*.py"))
    for path in files + sorted((paths.ROOT / "tests").glob("test_*.py")):
        layer = layer_of(path.relative_to(paths.ROOT))
        if not chosen:
            found[layer].append(str(path))
        for choice in chosen:
            place, *node = choice.split("::")
            place = Path(place).resolve()
            if path == place or place in path.parents:
                found[layer].append("::".join([str(path), *node]))
    return found


def _portions(files, count):
    """The files in portions of about the same size, for as many databases."""
    portions = [[] for _ in range(min(count, len(files)))]
    sizes = [0] * len(portions)
    for name in sorted(files, key=_size, reverse=True):
        least = sizes.index(min(sizes))
        portions[least].append(name)
        sizes[least] += _size(name)
    return [sorted(portion) for portion in portions]


def _size(name):
    return Path(name.split("::")[0]).stat().st_size


class Run:
    """One run of scripts/test: arguments for pytest, and what came of it."""

    def __init__(self, passed_on, full, slots):
        self.tally = Tally()
        self._passed_on = passed_on
        self._full = full
        self._runner = jobs.Runner(slots)

    def layers(self, files, lint):
        if files["tours"] or files["demo"] or files["system"]:
            browser.ensure()
        _, venv = machine.prepare()
        plain = machine.Machine(None, venv, dict(os.environ))
        wanted = [self._job("lint", self._lint)] if lint else []
        for name, options, chosen in (
            ("policies", ["-p", "saas_policies"], files["policies"]),
            *self._system(files["system"]),
        ):
            if chosen:
                args = ["-p", "no:odoo", *options, *chosen]
                wanted.append(self._job(name, partial(self._pytest, plain, name, args)))
        with contextlib.ExitStack() as stack:
            if any(files[layer] for layer in ON_ODOO):
                running = machine.running("test", False, template.base())
                ready = stack.enter_context(running)
                wanted.append(
                    self._job("template", partial(self._template, ready, files))
                )
            self._runner.run(wanted)

    def _system(self, files):
        """Those around one server run by themselves, beside those of the set-up."""
        if self._runner.slots == 1:
            return [("system", [], files)]
        street = [name for name in files if Path(name).name.startswith("test_street")]
        others = [name for name in files if name not in street]
        return [("system 1", [], street), ("system 2", [], others)]

    def _job(self, name, work):
        def careful(output):
            try:
                return work(output=output)
            except SetupError as error:
                print(error, file=output or sys.stderr)
                self.tally.add(name, {"error": 1})
                return []

        seconds = SHORTER.get(name) or SECONDS.get(name.split()[0], FIRST)
        return jobs.Job(name, seconds, careful)

    def _lint(self, output):
        began = time.monotonic()
        command = [sys.executable, paths.SCRIPTS, "lint"]
        failed = self._runner.call(subprocess.Popen, command, output)
        counts = {"failed" if failed else "passed": 1}
        self.tally.add("lint", counts | {"seconds": time.monotonic() - began})

    def _template(self, ready, files, output):
        """Build what all layers on Odoo start from; return their jobs."""
        names = template.names(ready)
        template.build(ready, names)
        quick, tours, demo = (
            files["models"] + files["http"],
            files["tours"],
            files["demo"],
        )
        if self._runner.slots > 1:
            count = min(self._runner.slots, jobs.processors())
            portions = _portions(quick, count)  # each starts Odoo once more
            found = {f"models {n}": portion for n, portion in enumerate(portions, 1)}
            found["tours"] = tours
        else:  # one start of Odoo is enough
            found = {"tours" if tours else "models": quick + tours}
        found["demo"] = demo
        return [
            self._job(name, partial(self._odoo, ready, names, name, portion))
            for name, portion in found.items()
            if portion
        ]

    def _odoo(self, ready, names, name, files, output):
        demo = name == "demo"
        source = template.build(ready, names, name.split()[0])
        with template.clone(ready, source) as database:
            options = {
                "db_name": database,
                "data_dir": str(template.data_dir()),
                "http_port": str(config.free_port()),
                "gevent_port": str(config.free_port()),
                "max_cron_threads": "0",
            }
            sections = {addons.DEMO: {"enabled": "1"}} if demo else {}
            conf = ready.write_conf(f"test-{database}", options, sections)
            try:
                args = [*PLUGINS, "--odoo-http", *files]
                self._pytest(conf, name, args, output)
            finally:
                Path(conf.env["ODOO_RC"]).unlink()

    def _pytest(self, ready, name, args, output):
        """Run pytest and count what it reports."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            plugins = str(paths.SCRIPTS / "pytest_plugins")
            search = [plugins, ready.env.get("PYTHONPATH")]
            env = ready.env | {
                "SAAS_REPORT": str(report),
                "SAAS_FULL": "1" if self._full else "0",
                "PYTHONPATH": os.pathsep.join(filter(None, search)),
            }
            say(f"Running tests: {name}")
            began = time.monotonic()
            command = [ready.python, "-m", "pytest", "-p", "saas_report", "-q"]
            if self._runner.slots > 1:  # of what failed before: no file for two writers
                memory = paths.state() / "pytest_cache" / name.replace(" ", "-")
                command += ["-o", f"cache_dir={memory}"]
            command += ["--rootdir", paths.ROOT, *args, *self._passed_on]
            prepared = machine.Machine(ready.odoo, ready.venv, env)
            code = self._runner.call(prepared.popen, command, output, cwd=paths.ROOT)
            self._collect(name, code, report, time.monotonic() - began)

    def _collect(self, name, code, report, seconds):
        if not report.exists():
            say(f"pytest of {name} ended with code {code} and no report")
            self.tally.add(name, {"error": 1, "seconds": seconds})
            return
        result = json.loads(report.read_text())
        self.tally.deselected.update(result["deselected"])
        for layer, counts in result["layers"].items():
            self.tally.add(layer, counts)
            seconds -= counts["seconds"]
        self.tally.add(START_UP, {"seconds": seconds})
        parts = result["layers"].values()
        bad = sum(counts["failed"] + counts["error"] for counts in parts)
        if code not in (0, 1, 5) and not bad:
            self.tally.add(name, {"error": 1})


def _conclude(tally, seconds):
    print()
    order = [*SECONDS, *sorted(tally.layers.keys() - {*SECONDS, START_UP})]
    for layer in order:
        if layer not in tally.layers:
            continue
        counts = tally.layers[layer]
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
