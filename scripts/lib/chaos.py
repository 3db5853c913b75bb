"""scripts/chaos: break one part while it works, then count what was lost or done twice."""

import argparse
import importlib

# name: (module of this package, what is done to it, how many by default)
NAMES = {
    "hub": (
        "chaos_hub",
        "signed events, some of them twice, late or forged, while server and PostgreSQL are killed",
        10000,
    ),
    "approvals": (
        "chaos_approvals",
        "random runs held against a model, then races over HTTP and a server killed as it carries out",
        2000,
    ),
}


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="what to break")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed sends the same; default: 1"
    )
    usual = ", ".join(f"{name} {found[2]}" for name, found in NAMES.items())
    parser.add_argument("--n", type=int, help=f"messages or runs; default: {usual}")
    parser.add_argument(
        "--kills", type=int, default=5, help="of the server; default: 5"
    )
    options = parser.parse_args(args)
    name, _what, usual = NAMES[options.name]
    count = usual if options.n is None else options.n
    if count < 100:
        parser.error("--n: 100 or more, else nothing of some kinds is sent")
    return importlib.import_module(f"lib.{name}").main(
        options.seed, count, options.kills
    )
