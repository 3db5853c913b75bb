"""scripts/bench: measure one part against a peer, interleaved in one run."""

import argparse
import importlib
import importlib.util

from . import machine

# name: (module of this package, what it measures)
BENCHES = {
    "hub": (
        "bench_hub",
        "the event hub: accept, inbox to ledger, rules, idle lanes, a long queue",
    ),
    "approvals": (
        "bench_approvals",
        "approvals: submit and decide, one and many; the inbox with 100,000 open requests",
    ),
    "process": (
        "bench_process",
        "processes: questions about a million events, upkeep of the ledger, the same by pm4py",
    ),
    "support": (
        "bench_support",
        "support: tickets that people create, mail that becomes tickets, the view of managers",
    ),
}


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=BENCHES, help="what to measure")
    parser.add_argument(
        "--quick", action="store_true", help="smaller, for a first look"
    )
    parser.add_argument(
        "--only", action="append", help="one part of it; may be given several times"
    )
    options = parser.parse_args(args)
    if not importlib.util.find_spec("psycopg2"):
        return machine.in_environment("bench", args)
    module = importlib.import_module(f"lib.{BENCHES[options.name][0]}")
    unknown = set(options.only or ()) - set(module.PARTS)
    if unknown:
        parser.error(f"--only: {options.name} has the parts {', '.join(module.PARTS)}")
    return module.main(options.quick, options.only or list(module.PARTS))
