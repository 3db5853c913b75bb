"""scripts/bench hub: what the event hub takes and what it costs, beside peers on the same machine.

Server with two workers, database on the durable cluster. Ours and the peer take turns in
one run. Where a target is a rate and the machine is busy with something else, the CPU
seconds of server and PostgreSQL decide; both are printed.
"""

from . import bench_hub_accept, bench_hub_process, bench_hub_queue, machine
from .bench_site import WORKERS, show, site


def main(quick):
    good = True
    with machine.running("serve", durable=True) as ready, site(ready) as place:
        with place.serving(cron_threads=WORKERS) as running:
            for part in (bench_hub_process, bench_hub_queue):
                good &= show(part.measure(place, running, quick))
        # Nothing is worked off while the door is measured.
        with place.serving(cron_threads=0) as running:
            good &= show(bench_hub_accept.measure(place, running, quick))
    return 0 if good else 1
