"""One message instead of a storm: what is said to whom, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .hours import Quiet, loud_at

WINDOW = timedelta(minutes=5)  # what happens within it goes out as one message


@dataclass(frozen=True)
class Note:
    """Something that a person should hear."""

    id: int
    person: int
    at: datetime  # naive UTC
    is_urgent: bool = False  # severity 1: it does not wait for the morning


def messages(
    notes: Iterable[Note],
    now: datetime,
    quiet: Mapping[int, Quiet],
    window: timedelta = WINDOW,
) -> dict[int, list[int]]:
    """:param now: naive UTC
    :param quiet: by person; who is not in it is never quiet
    :return: ``{person: ids of the notes of the one message that is due now}``

    A message is due once its oldest note has waited for the window, and the person is not quiet. In quiet hours only
    the urgent notes go.
    """
    waiting = defaultdict(list)
    for note in notes:
        waiting[note.person].append(note)
    found = {}
    for person, own in waiting.items():
        is_loud = loud_at(quiet.get(person, Quiet()), now) <= now
        ready = [note for note in own if is_loud or note.is_urgent]
        if ready and min(note.at for note in ready) + window <= now:
            found[person] = [note.id for note in ready]
    return found
