"""What stands out in a map, decided from its figures alone."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    source: str
    target: str
    count: int
    p50_seconds: float


def slowest_step(steps: Iterable[Step], cases: int, min_share: float) -> Step | None:
    """The step between two different activities with the longest median time.

    Steps walked less often than ``min_share`` of the cases (at least twice) say nothing about the usual way.
    None when nothing takes any time.
    """
    floor = max(2, cases * min_share)
    usual = [
        step
        for step in steps
        if step.count >= floor and step.p50_seconds > 0 and step.source != step.target
    ]
    return max(
        usual,
        key=lambda step: (step.p50_seconds, step.count, step.source, step.target),
        default=None,
    )
