"""scripts/bench hub: what the event hub takes and what it costs, beside peers on the same machine.

Server with two workers, database on the durable cluster. Ours and the peer take turns in
one run. Where a target is a rate and the machine is busy with something else, the CPU
seconds of server and PostgreSQL decide; both are printed.
"""

from . import bench_hub_accept, bench_hub_process, bench_hub_queue, machine
from .bench_site import WORKERS, show, site

# name: (module, workers for Scheduled Actions: nothing is worked off while the door is measured)
PARTS = {
    "process": (bench_hub_process, WORKERS),
    "queue": (bench_hub_queue, WORKERS),
    "accept": (bench_hub_accept, 0),
}


def main(quick, parts):
    good = True
    with machine.running("serve", durable=True) as ready, site(ready) as place:
        for name in parts:
            module, cron_threads = PARTS[name]
            with place.serving(cron_threads) as running:
                good &= show(module.measure(place, running, quick))
    return 0 if good else 1
