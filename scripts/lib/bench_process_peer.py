"""The same by pm4py (AGPL), in an environment of its own in the cache that nothing of the product ever uses.

It reads the same rows from PostgreSQL, sorted stably by case and time, and works out the directly-follows graph with
counts and times, start and end activities, and variants. Both have to find the same, and the files that we
export have to hold the same once pm4py has opened them.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from . import paths, python_env
from .bench_process_cpu import CPU
from .bench_site import line
from .errors import SetupError
from .progress import say, step

PACKAGES = ("pm4py==2.7.23.11", "psycopg2-binary==2.9.10")
PROGRAM = Path(__file__).with_name("bench_process_pm4py.py")
#: Seconds: sums of floats on both sides, and the nanoseconds that tell events of one time apart in SQLite.
MEANS_WITHIN = 0.0001
TARGET = 0.2
OURS = (
    CPU
    + """
    from odoo.addons.process_intelligence.tools import answers

    definition = env["process_intelligence.definition"].browse(made[process])
    definition.read(["name"])
    answers.KEPT.__init__()
    found = {}

    def ask():
        found.update(map=definition.statistics(), variants=definition.variants(limit=10000))

    seconds, cpu = spent(ask)
    say({"seconds": seconds, "cpu": cpu, **found})
"""
)
EXPORT = """
    import base64, os
    definition = env["process_intelligence.definition"].browse(made[process])
    written = []
    for method, options in (
        ("export_xes", {}), ("export_csv", {}), ("export_ocel", {}), ("export_ocel", {"format": "sqlite"}),
    ):
        answer = getattr(definition, method)(**options)
        path = os.path.join(folder, answer["name"])
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data_base64"]))
        written.append(path)
    say(written)
"""


def measure(place, quick, seed):
    rounds = 2 if quick else 3
    python = _python()
    ours, theirs = [], []
    for number in range(rounds):
        for side in (_ours, _theirs) if number % 2 else (_theirs, _ours):
            (ours if side is _ours else theirs).append(side(place, "big", python))
        say(
            f"peer, round {number + 1}: {ours[-1]['seconds']:.2f} s, pm4py {theirs[-1]['seconds']:.2f} s"
        )
    known = {"bench": "process", "n": ours[0]["map"]["events"], "seed": seed}
    yield _speed_line(ours, theirs, known)
    for name, differing in _differences(_flat(ours[0]), theirs[0]["found"]).items():
        yield line(
            f"equal to pm4py: {name}",
            **known,
            rounds=1,
            value=differing,
            unit="differences",
            peer="pm4py",
            target=0,
            compared=len(theirs[0]["found"][name]),
            ok=not differing,
        )
    yield from _files(place, python, seed)


def _speed_line(ours, theirs, known):
    """By the clock or, on a busy machine, by the processors: each counts Python and PostgreSQL."""
    ratio, cpu_ratio = (
        statistics.median(a[of] / b[of] for a, b in zip(ours, theirs, strict=True))
        for of in ("seconds", "cpu")
    )
    return line(
        "map, times and variants",
        **known,
        rounds=len(ours),
        value=round(statistics.median(one["seconds"] for one in ours), 3),
        unit="s",
        cpu_s=round(statistics.median(one["cpu"] for one in ours), 3),
        peer="pm4py from the same rows of PostgreSQL",
        peer_value=round(statistics.median(one["seconds"] for one in theirs), 3),
        peer_cpu_s=round(statistics.median(one["cpu"] for one in theirs), 3),
        peer_reading_s=round(statistics.median(one["reading"] for one in theirs), 3),
        ratio=round(ratio, 4),
        cpu_ratio=round(cpu_ratio, 4),
        target=TARGET,
        ok=min(ratio, cpu_ratio) <= TARGET,
    )


def _ours(place, process, _python):
    return place.ask(OURS, made=place.made, process=process)


def _theirs(place, process, python):
    task = {"dsn": place.connection.dsn, "definition": place.made[process]}
    if "password" in place.connection.info.dsn_parameters or place._place["password"]:
        task["password"] = place._place["password"]
    return _run(python, task)


def _run(python, task):
    done = subprocess.run(
        [python, PROGRAM], input=json.dumps(task), capture_output=True, text=True
    )
    if done.returncode:
        raise SetupError(f"pm4py failed: {done.stderr[-800:]}", "see above")
    return json.loads(done.stdout.splitlines()[-1])


def _flat(answer):
    """What we answer, as the program of the peer tells it."""
    moves = answer["map"]["transitions"]
    activities = answer["map"]["activities"]
    return {
        "moves": [[m["source"], m["target"], m["count"]] for m in moves],
        "means": [[m["source"], m["target"], m["seconds"]["mean"]] for m in moves],
        "starts": [[a["name"], a["start"]] for a in activities if a["start"]],
        "ends": [[a["name"], a["end"]] for a in activities if a["end"]],
        "variants": [[*way["path"], way["count"]] for way in answer["variants"]],
    }


def _differences(ours, theirs):
    """:return: how many entries only one side has, by part; of means also those that are apart"""
    return {
        name: _apart(ours[name], theirs[name])
        if name == "means"
        else len(set(map(tuple, theirs[name])) ^ set(map(tuple, ours[name])))
        for name in theirs
    }


def _apart(ours, theirs):
    ours, theirs = ({tuple(pair): mean for *pair, mean in of} for of in (ours, theirs))
    alike = [
        pair
        for pair in ours.keys() & theirs.keys()
        if abs(ours[pair] - theirs[pair]) <= MEANS_WITHIN
    ]
    return len(ours.keys() | theirs.keys()) - len(alike)


def _files(place, python, seed):
    """Each kind of file that we export, opened by pm4py."""
    ours = _flat(_ours(place, "small", python))
    with tempfile.TemporaryDirectory() as folder:
        written = place.ask(EXPORT, made=place.made, process="small", folder=folder)
        for path in written:
            found = _run(python, {"file": path})["found"]
            differences = _differences(ours, found)
            yield line(
                f"pm4py opens {Path(path).suffix}",
                bench="process",
                n=found["starts"] and sum(count for *_w, count in found["moves"]),
                rounds=1,
                seed=seed,
                value=sum(differences.values()),
                unit="differences",
                peer="pm4py",
                target=0,
                by_part=differences,
                ok=not any(differences.values()),
            )


def _python():
    """:return: the Python of an environment with pm4py, made on first use"""
    version = "{}.{}".format(*sys.version_info)
    folder = paths.cache() / f"bench-pm4py-py{version}-{paths.digest(*PACKAGES)}"
    complete = folder / ".complete"
    with paths.locked(paths.cache() / "python.lock", "installing Python packages"):
        if not complete.exists():
            paths.discard(folder)
            uv, env = python_env._uv(), python_env._uv_environment()
            with step("Installing pm4py for this bench alone"):
                python_env._run(
                    [
                        uv,
                        "venv",
                        "-q",
                        "--no-config",
                        "--python",
                        sys.executable,
                        folder,
                    ],
                    env,
                )
                python_env._run(
                    [
                        uv,
                        "pip",
                        "install",
                        "-q",
                        "--no-config",
                        "--only-binary",
                        ":all:",
                    ]
                    + ["--python", python_env.python(folder), *PACKAGES],
                    env,
                )
            complete.touch()
    return python_env.python(folder)
