"""Which steps of an escalation chain a promise has come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .escalation import Seat

BROKEN = "broken"
MOMENTS = [
    ("50", "50 % of the time is used"),
    ("75", "75 % of the time is used"),
    ("90", "90 % of the time is used"),
    (BROKEN, "The promise is broken"),
]
NOTIFY, LEADER, EXECUTIVE = "notify", "leader", "executive"
ASSIGN, QUEUE, PRIORITY = "assign", "queue", "priority"
ACTS = [
    (NOTIFY, "Tell a person"),
    (LEADER, "Tell the leader of the team"),
    (EXECUTIVE, "Tell an executive"),
    (PRIORITY, "Raise the priority"),
    (ASSIGN, "Assign to a person"),
    (QUEUE, "Pass to a specialist queue"),
]
TELLING = (NOTIFY, LEADER, EXECUTIVE)
NEEDS_PERSON = (NOTIFY, EXECUTIVE, ASSIGN)
HIGHEST = "3"


@dataclass(frozen=True)
class Step:
    """One step; None in what it is for: for all of them."""

    id: int
    moment: str
    minutes: int  # of wall time after the moment
    policy_id: int | None = None
    team_id: int | None = None
    company_id: int | None = None


def come(
    steps: Iterable[Step],
    *,
    policy_id: int,
    team_id: int | None,
    company_id: int,
    percent: int | None,
) -> list[Step]:
    """:param percent: the share of the time that was told; None: the promise is broken
    :return: the steps whose moment has come, in their order. A late look comes to all that it passed.
    """
    return [
        step
        for step in steps
        if step.policy_id in (None, policy_id)
        and step.team_id in (None, team_id)
        and step.company_id in (None, company_id)
        and _has_come(step.moment, percent)
    ]


def _has_come(moment: str, percent: int | None) -> bool:
    if percent is None:
        return True
    return moment != BROKEN and int(moment) <= percent


def is_there(act: str, seat: Seat, target: Seat) -> bool:
    """:return: whether a ticket has already come to whom a step gives it: to the person, or to anybody of the team"""
    if act == ASSIGN:
        return seat.user_id == target.user_id
    return act == QUEUE and seat.team_id == target.team_id


def raised(priority: str) -> str:
    """:return: the next higher priority, the highest at most"""
    return min(HIGHEST, str(int(priority or "0") + 1))
