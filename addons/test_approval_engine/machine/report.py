"""Many runs, told as JSON; all in one transaction, which is undone."""

from .running import run
from .world import World


def report(env, seeds, batch, steps):
    """Run a batch of examples for each seed; what is found is told, and the next one begins.

    :return: {"runs", "steps", "rules": {name: count}, "faults": {name: count},
        "found": [{"seed", "error", "story": [line]}]}
    """
    world, found = World(env), []
    for seed in seeds:
        try:
            run(world, batch, steps, seed)
        except Exception as error:  # the smallest example; whatever it ran into
            words = f"{type(error).__name__}: {error}"[:2000]
            found.append({"seed": seed, "error": words, "story": list(world.story)})
    env.cr.rollback()
    return {
        "runs": world.examples,
        "steps": world.steps,
        "rules": world.counts,
        "faults": world.faults,
        "found": found,
    }
