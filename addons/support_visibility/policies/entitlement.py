"""What a customer is entitled to now, and how much of it is left. It is shown, and never keeps a ticket out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

UPCOMING, CURRENT, USED_UP, ENDED = "upcoming", "current", "used_up", "ended"

STATES = [
    (UPCOMING, "Not Yet"),
    (CURRENT, "In Force"),
    (USED_UP, "Used Up"),
    (ENDED, "Ended"),
]


@dataclass(frozen=True)
class Entitlement:
    begin: date
    end: date | None  # the last day; None: open
    tickets: int  # included; 0: as many as they like
    hours: float  # included; 0: as many as they like


def state(granted: Entitlement, today: date, tickets: int, hours: float) -> str:
    """:param tickets: opened within the period so far
    :param hours: noted on these tickets
    :return: one of ``STATES``; used up = nothing of what is counted is left"""
    if today < granted.begin:
        return UPCOMING
    if granted.end and today > granted.end:
        return ENDED
    if granted.tickets and tickets > granted.tickets:
        return USED_UP
    if granted.hours and hours > granted.hours:
        return USED_UP
    return CURRENT


def covers(granted: Entitlement, day: date) -> bool:
    """:return: whether a day lies in the period, first and last day included"""
    return granted.begin <= day and (granted.end is None or day <= granted.end)


def best(found: list[tuple[int, int, Entitlement]], day: date) -> int | None:
    """Which of several entitlements of an account holds.

    :param found: (id, rank of its level: the lower the better, entitlement)
    :return: id of the best that covers the day, the newest of equals; None: none does
    """
    covering = [each for each in found if covers(each[2], day)]
    if not covering:
        return None
    return min(covering, key=lambda e: (e[1], -e[2].begin.toordinal(), -e[0]))[0]
