"""scripts/chaos approvals: nothing is approved by whom it must not be, skipped, or done twice.

First races on a real site of two servers: 50 threads approve and reject the same request, decide
different ones, submit one key, split an amount; then the server is killed while it carries out. After
that random policies, people and requests, each step held against a model (test_approval_engine/machine).
"""

import concurrent.futures
import json
import time
from collections import Counter

from . import chaos_approvals_races as races
from .chaos_site import site
from .progress import say

PROCESSES = 2
BATCH = 50  # runs of one transaction
STEPS = 10
FAULTS = (
    "self_approvals",
    "skipped_steps",
    "changed_executions",
    "double_decisions",
    "double_effects",
)
RUN = """
import json, logging
logging.getLogger().setLevel(logging.CRITICAL)
from odoo.addons.test_approval_engine.machine.report import report
print(json.dumps(report(env, {seeds!r}, {batch}, {steps})))
"""


def main(seed, count, kills):
    began = time.monotonic()
    with site(
        races.PREPARE,
        "test_approval_engine",
        "approval_engine",
        servers=races.SERVERS,
    ) as target:
        raced = races.run(target, seed, kills)
        target.stop()  # the processors are for the runs now
        ran = _runs(target, seed, count)
    faults = {name: ran["faults"].get(name, 0) for name in FAULTS}
    line = {
        "chaos": "approvals",
        "seed": seed,
        "runs": ran["runs"],
        "steps": ran["steps"],
        "rules": dict(sorted(ran["rules"].items())),
        **faults,
        "differences": len(ran["found"]),
        **raced,
    }
    line["ok"] = (
        raced["races_ok"]
        and ran["runs"] >= count
        and not ran["found"]
        and not any(faults.values())
    )
    print(json.dumps(line | {"seconds": round(time.monotonic() - began, 1)}))
    return 0 if line["ok"] else 1


def _runs(target, seed, count):
    """Random runs in two databases side by side."""
    say(f"{count} random runs, {PROCESSES} databases")
    batches = -(-count // BATCH)
    seeds = [seed * 1000 + number for number in range(batches)]
    with (
        target.copies(PROCESSES) as names,
        concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool,
    ):
        parts = pool.map(
            lambda at: target.shell(
                names[at],
                RUN.format(seeds=seeds[at::PROCESSES], batch=BATCH, steps=STEPS),
            ),
            range(PROCESSES),
        )
        return _joined(list(parts))


def _joined(parts):
    found = [one for part in parts for one in part["found"]]
    for one in found:
        say(f"seed {one['seed']}: {one['error']}")
        for line in one["story"]:
            say(f"  {line}")
    return {
        "runs": sum(part["runs"] for part in parts),
        "steps": sum(part["steps"] for part in parts),
        "rules": sum((Counter(part["rules"]) for part in parts), Counter()),
        "faults": sum((Counter(part["faults"]) for part in parts), Counter()),
        "found": found,
    }
