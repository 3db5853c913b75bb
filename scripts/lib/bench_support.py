"""scripts/bench support: what tickets cost.

A database of its own on the durable cluster. Where a target is a rate and the machine is busy
with something else, the CPU seconds of Odoo and PostgreSQL decide; both are printed.
"""

from . import (
    bench_support_clocks,
    bench_support_create,
    bench_support_knowledge,
    bench_support_mail,
    bench_support_manager,
    machine,
)
from .bench_approvals_site import site
from .bench_site import show

SEED = 4711
# name: module; each has PREPARE, code for an Odoo shell, and measure(place, quick, seed)
PARTS = {
    "create": bench_support_create,
    "clocks": bench_support_clocks,
    "mail": bench_support_mail,
    "manager": bench_support_manager,
    "knowledge": bench_support_knowledge,
}
KNOWLEDGE = "support_visibility_knowledge"
PEER = "saas_bench_helpdesk"


def main(quick, parts):
    good = True
    prepare = "".join(PARTS[name].PREPARE for name in parts) + "say({})\n"
    addon = KNOWLEDGE if "knowledge" in parts else "support_visibility"
    with (
        machine.running("serve", durable=True) as ready,
        site(ready, addon, prepare, PEER) as place,
    ):
        for name in parts:
            good &= show(PARTS[name].measure(place, quick, SEED))
    return 0 if good else 1
