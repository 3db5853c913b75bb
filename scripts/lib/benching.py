"""scripts/bench: measure one part against a peer, interleaved in one run."""

import argparse

# name: (module of this package, what it measures)
BENCHES = {
    "hub": ("bench_hub", "signed durable accept against a bare route with one INSERT"),
}


def main(args):
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=BENCHES, help="what to measure")
    parser.add_argument(
        "--quick", action="store_true", help="smaller, for a first look"
    )
    options = parser.parse_args(args)
    import importlib

    module = importlib.import_module(f"lib.{BENCHES[options.name][0]}")
    return module.main(options.quick)
