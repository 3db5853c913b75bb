"""Where an escalated ticket goes, and the kinds of reasons that people learn from."""

from __future__ import annotations

from dataclasses import dataclass

REASON_CLASSES = [
    ("missing_data", "Missing data"),
    ("technical_depth", "Technical depth"),
    ("capacity", "Capacity"),
    ("policy", "Policy"),
    ("customer_request", "Customer request"),
]
MAX_REASON_CHARS = 500


def reason_problem(reason: object, reason_class: object) -> str | None:
    """:return: a stable code what is wrong: ``no_reason``, ``too_long`` or ``unknown_class``; None if fine"""
    if not isinstance(reason, str) or not reason.strip():
        return "no_reason"
    if len(reason.strip()) > MAX_REASON_CHARS:
        return "too_long"
    known = isinstance(reason_class, str) and reason_class in dict(REASON_CLASSES)
    return None if known else "unknown_class"


@dataclass(frozen=True)
class Seat:
    """Who has a ticket: a team, and a person or nobody."""

    team_id: int | None
    user_id: int | None


def route(
    *,
    seat: Seat,
    next_team_id: int | None,
    next_leader_id: int | None,
    leader_id: int | None,
) -> Seat:
    """:return: who has the ticket after an escalation

    :param next_team_id: the team that takes the escalations of the present one, if any
    :param next_leader_id: who leads that team
    :param leader_id: who leads the present team
    With a next team its leader takes over, or its queue if it has none. Without one the own leader does; if there is
    none either, the ticket stays where it is and only stands out.
    """
    if next_team_id and next_team_id != seat.team_id:
        return Seat(next_team_id, next_leader_id)
    return Seat(seat.team_id, leader_id or seat.user_id)
