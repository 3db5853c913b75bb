"""Many runs, told as JSON; each batch in a transaction of its own, which is undone."""

from collections import Counter

from .running import run
from .world import World


def report(env, seeds, batch, steps):
    """Run a batch of examples for each seed; what is found is told, and the next one begins.

    :return: {"runs", "steps", "rules": {name: count}, "faults": {name: count},
        "found": [{"seed", "error", "story": [line]}]}
    """
    told = {"runs": 0, "steps": 0, "rules": Counter(), "faults": Counter(), "found": []}
    for seed in seeds:
        world = World(env)
        try:
            run(world, batch, steps, seed)
        except Exception as error:  # the smallest example; whatever it ran into
            story = list(world.story)
            words = f"{type(error).__name__}: {error}"[:2000]
            told["found"].append({"seed": seed, "error": words, "story": story})
        told["runs"] += world.examples
        told["steps"] += world.steps
        told["rules"] += world.counts
        told["faults"] += world.faults
        env.cr.rollback()
        env.invalidate_all()
        env.registry.clear_all_caches()
    return told
