"""Once per case and period: which runs of a batch may go on, and until when the next ones wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Case = tuple[str, int]  # model and id of the record; ("", 0): about no record
LONGEST_HOURS = 24 * 366


@dataclass(frozen=True)
class Candidate:
    run_id: int
    case: Case


def one_per_case(
    candidates: Iterable[Candidate],
) -> tuple[list[Candidate], list[Candidate]]:
    """:return: the first candidate of each case, and those that come after it, both in order"""
    first: dict[Case, Candidate] = {}
    repeated = []
    for candidate in candidates:
        if candidate.case in first:
            repeated.append(candidate)
        else:
            first[candidate.case] = candidate
    return list(first.values()), repeated


def closed_until(now: datetime, hours: float) -> datetime:
    """:return: the moment from which the rule may run for the case again

    :param hours: above zero
    """
    return now + timedelta(hours=hours)


def problem(hours: float, delay_minutes: int) -> str | None:
    """:return: code of what is wrong with a rule's throttle or delay, None if nothing is"""
    if not 0 <= hours <= LONGEST_HOURS:
        return "throttle"
    if not 0 <= delay_minutes <= LONGEST_HOURS * 60:
        return "delay"
    return None
