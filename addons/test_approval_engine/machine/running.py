"""Running the machine: always the same examples, or those of a seed."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import get_state_machine_test

from .machine import Approvals


def machine_in(world):
    return type("ApprovalMachine", (Approvals,), {"world": world})


def run(world, examples, steps, seed=None, shrink=True):
    """Run so many examples.

    :param seed: None: always the same ones
    :raises AssertionError: with the smallest example found that the real ones answer otherwise
    """
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, *([Phase.shrink] if shrink else [])),
    )
    with world.running():
        factory = machine_in(world)
        test = get_state_machine_test(factory, settings=chosen)
        if seed is not None:
            test = seeded(seed)(test)
        try:
            test()
        except AssertionError as error:
            story = "\n".join(world.story)
            raise AssertionError(f"{error}\n{story}") from error
