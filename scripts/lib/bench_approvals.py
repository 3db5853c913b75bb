"""scripts/bench approvals: what asking, deciding and looking into the inbox cost, few beside many.

A database of its own on the durable cluster. Queries are counted inside Odoo, each time with
nothing of the records in memory; the inbox is asked over HTTP, and the server's own log says
how long it took. Where the answer is a ratio, both sides are of one run.
"""

from . import bench_approvals_inbox, bench_approvals_submit, machine
from .bench_approvals_site import site
from .bench_site import show

SEED = 4711
PARTS = {
    "submit": bench_approvals_submit,
    "inbox": bench_approvals_inbox,
}


def main(quick, parts):
    good = True
    with machine.running("serve", durable=True) as ready, site(ready) as place:
        for name in parts:
            good &= show(PARTS[name].measure(place, quick, SEED))
    return 0 if good else 1
