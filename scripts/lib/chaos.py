"""scripts/chaos: break one part while it works, then count what was lost or done twice."""

import argparse
import importlib

# name: (module of this package, what is done to it)
NAMES = {
    "hub": (
        "chaos_hub",
        "signed events, some of them twice, late or forged, while server and PostgreSQL are killed",
    ),
}


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="what to break")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed sends the same; default: 1"
    )
    parser.add_argument("--n", type=int, default=10000, help="messages; default: 10000")
    parser.add_argument(
        "--kills", type=int, default=5, help="of the server; default: 5"
    )
    options = parser.parse_args(args)
    if options.n < 100:
        parser.error("--n: 100 or more, else nothing of some kinds is sent")
    module = importlib.import_module(f"lib.{NAMES[options.name][0]}")
    return module.main(options.seed, options.n, options.kills)
