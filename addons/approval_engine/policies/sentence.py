"""A policy, read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .deadlines import REJECT
from .seats import ANY, QUORUM


@dataclass(frozen=True)
class StepWords:
    sequence: int
    who: str  # such as "Finance" or "Ada and Grace"
    mode: str
    quorum: int = 0
    amount_from: str = ""  # formatted with its currency; empty: no bound
    amount_to: str = ""


def policy_sentence(
    subject: str,
    steps: Sequence[StepWords],
    *,
    deadline_hours: float = 0,
    working_time: bool = False,
    timeout_action: str = "expire",
    owner: str = "",
) -> str:
    """Such as: "Service credits need Finance, then (above 1,000 €) the finance manager, within 8 hours; after
    that the request expires. The requester never decides."
    """
    if not steps:
        return f"{subject}: nobody is asked yet. Add a step."
    text = f"{subject} needs {_route_words(steps)}"
    text += _deadline_words(deadline_hours, working_time, timeout_action)
    text += " The requester never decides, and nobody decides two steps."
    if owner:
        text += f" Where nobody is left to decide a step, {owner} is asked."
    return text


def _route_words(steps: Sequence[StepWords]) -> str:
    groups: dict[int, list[StepWords]] = {}
    for step in sorted(steps, key=lambda s: s.sequence):
        groups.setdefault(step.sequence, []).append(step)
    return ", then ".join(_group_words(group) for group in groups.values())


def _group_words(group: list[StepWords]) -> str:
    words = " and ".join(_step_words(step) for step in group)
    return f"{words} in any order" if len(group) > 1 else words


def _step_words(step: StepWords) -> str:
    words = step.who
    if step.mode == ANY:
        words = f"one of {step.who}"
    elif step.mode == QUORUM:
        words = f"{step.quorum} of {step.who}"
    bounds = [f"above {step.amount_from}"] if step.amount_from else []
    bounds += [f"up to {step.amount_to}"] if step.amount_to else []
    return f"{words} ({', '.join(bounds)})" if bounds else words


def _deadline_words(hours: float, working_time: bool, timeout_action: str) -> str:
    if hours <= 0:
        return ", without a deadline."
    kind = "working hours" if working_time else "hours"
    end = "is rejected" if timeout_action == REJECT else "expires"
    return f", within {hours:g} {kind}; after that the request {end}."
