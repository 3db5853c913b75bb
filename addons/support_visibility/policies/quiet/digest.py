"""One message instead of a storm: what is said to whom, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .hours import NEVER, Quiet, loud_at

WINDOW = timedelta(minutes=5)  # what happens within it goes out as one message


@dataclass(frozen=True)
class Note:
    """Something that a person should hear."""

    id: int
    person: int
    at: datetime  # naive UTC
    is_urgent: bool = False  # severity 1: it does not wait for the morning
    team: int = 0  # whose ticket it is about


def messages(
    notes: Iterable[Note],
    now: datetime,
    quiet: Mapping[int, Quiet],
    teams: Mapping[int, Quiet] | None = None,
    window: timedelta = WINDOW,
) -> dict[int, list[int]]:
    """:param now: naive UTC
    :param quiet: by person; it wins over the hours of the team
    :param teams: by team, for persons who said nothing themselves
    :return: ``{person: ids of the notes of the one message that is due now}``

    A message is due once its oldest note has waited for the window, and it is not quiet. In quiet hours only the
    urgent notes go.
    """
    is_loud = _loudness(now)
    ready = defaultdict(list)
    for note in notes:
        if note.is_urgent or is_loud(rule_of(note, quiet, teams or {})):
            ready[note.person].append(note)
    return {
        person: [note.id for note in own]
        for person, own in ready.items()
        if min(note.at for note in own) + window <= now
    }


def rule_of(
    note: Note, quiet: Mapping[int, Quiet], teams: Mapping[int, Quiet]
) -> Quiet:
    return quiet.get(note.person) or teams.get(note.team, NEVER)


def _loudness(now: datetime) -> Callable[[Quiet], bool]:
    """:return: whether a rule is not quiet now; each rule is looked at once"""
    known: dict[Quiet, bool] = {}

    def is_loud(rule: Quiet) -> bool:
        if rule not in known:
            known[rule] = loud_at(rule, now) <= now
        return known[rule]

    return is_loud
