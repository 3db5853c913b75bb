"""scripts/bench process: what questions about a process cost, beside pm4py on the same machine and the same rows.

A database of its own on the durable cluster, with two imported logs, one ten times the other, and a process of the
ledger whose cases are contacts that record rules hide in part. Kept answers are dropped before each measured question,
but for those that ask about them. Beside the clock stand the CPU seconds of Odoo and PostgreSQL; where two speeds are
compared, or somebody waits at a form, the better of both decides: the machine may be busy with something else.
"""

from . import (
    bench_process_ask,
    bench_process_fill,
    bench_process_jobs,
    bench_process_mini,
    bench_process_peer,
    bench_process_upkeep,
    machine,
)
from .bench_approvals_site import site
from .bench_site import show

SEED = 4711
# name: what measures it
PARTS = {
    "ask": bench_process_ask,
    "mini": bench_process_mini,
    "jobs": bench_process_jobs,
    "upkeep": bench_process_upkeep,
    "peer": bench_process_peer,
}


def main(quick, parts):
    events = 100_000 if quick else 1_000_000
    good = True
    with (
        machine.running("serve", durable=True) as ready,
        site(ready, "process_intelligence", "say({})\n") as place,
    ):
        bench_process_fill.fill(place, events, SEED)
        for name in parts:
            good &= show(PARTS[name].measure(place, quick, SEED))
    return 0 if good else 1
