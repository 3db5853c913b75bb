"""A policy, read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .deadlines import TIMEOUT_WORDS
from .seats import ANY, PERCENT, QUORUM, WEIGHTED


@dataclass(frozen=True)
class StepWords:
    sequence: int
    who: str  # such as "Finance" or "Ada and Grace"
    mode: str
    quorum: int = 0
    amount_from: str = ""  # formatted with its currency; empty: no bound
    amount_to: str = ""
    percent: int = 0
    extras: tuple[str, ...] = ()  # such as "password required"


def policy_sentence(
    subject: str,
    steps: Sequence[StepWords],
    *,
    deadline_hours: float = 0,
    working_time: bool = False,
    timeout_action: str = "expire",
    owner: str = "",
    window: str = "",
    exceptions: Sequence[str] = (),
) -> str:
    """
    :param window: what else counts towards the amount, such as "the last 30 days for the account"
    :param exceptions: whole sentences about what this policy does differently

    Such as: "Service credits need Finance, then (above 1,000 €) the finance manager, within 8 hours; after
    that the request expires. The requester never decides."
    """
    if not steps:
        return f"{subject}: nobody is asked yet. Add a step."
    text = f"{subject} needs {_route_words(steps)}"
    text += _deadline_words(deadline_hours, working_time, timeout_action)
    if window:
        text += f" What was asked in {window} counts towards the amount."
    text += " The requester never decides, and nobody decides two steps."
    text += "".join(f" {exception}" for exception in exceptions)
    if owner:
        text += f" Where nobody is left to decide a step, {owner} is asked."
    return text


def _route_words(steps: Sequence[StepWords]) -> str:
    groups: dict[int, list[StepWords]] = {}
    for step in sorted(steps, key=lambda s: s.sequence):
        groups.setdefault(step.sequence, []).append(step)
    return ", then ".join(_group_words(group) for group in groups.values())


def _group_words(group: list[StepWords]) -> str:
    words = " and ".join(step_words(step) for step in group)
    return f"{words} in any order" if len(group) > 1 else words


def step_words(step: StepWords) -> str:
    """Such as: 2 of Finance (above 1,000 €, comment required)"""
    bounds = [f"above {step.amount_from}"] if step.amount_from else []
    bounds += [f"up to {step.amount_to}"] if step.amount_to else []
    bounds += step.extras
    words = _count_words(step)
    return f"{words} ({', '.join(bounds)})" if bounds else words


def _count_words(step: StepWords) -> str:
    if step.mode == ANY:
        return f"one of {step.who}"
    if step.mode == QUORUM:
        return f"{step.quorum} of {step.who}"
    if step.mode == PERCENT:
        return f"{step.percent} % of {step.who}"
    if step.mode == WEIGHTED:
        return f"{step.who} with a weight of {step.quorum} together"
    return step.who


def _deadline_words(hours: float, working_time: bool, timeout_action: str) -> str:
    if hours <= 0:
        return ", without a deadline."
    kind = "working hours" if working_time else "hours"
    end = TIMEOUT_WORDS.get(timeout_action, "the request expires")
    return f", within {hours:g} {kind}; after that {end}."
