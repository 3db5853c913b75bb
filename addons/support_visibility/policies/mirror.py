"""How a ticket of another helpdesk is followed, when its reports may come twice, late or out of order.

Both sides may change it. What only one side changed since the last report is taken from that side; what both changed,
to different things, is a conflict: our value stays until a person chooses, and what they say is kept beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .ticket_state import DONE_STATES, NEW, OPEN, OPEN_STATES, WAITING, may_move

STATE = "state"  #: the name of a conflict about where the ticket stands
STATUS = "external_status"  #: their own word for it; always theirs
THEIRS_ONLY = frozenset({STATUS, "external_category"})


@dataclass(frozen=True)
class Report:
    """One thing the other helpdesk told us."""

    occurred_at: datetime  # naive UTC
    state: str | None  # None: it did not say, or we do not know its word
    values: tuple[
        tuple[str, object], ...
    ] = ()  # plain ticket fields, only those it named


@dataclass(frozen=True)
class Mirror:
    """What we know of the ticket before the reports."""

    state: str
    state_since: (
        datetime | None
    )  # when it moved last, by anybody; None: it has only been created
    heard_until: datetime | None  # the newest report we applied
    empty: frozenset[str] = (
        frozenset()
    )  # fields without a value: even an old report may fill them
    ours: Mapping[str, object] = field(default_factory=dict)  # values it has now
    heard: Mapping[str, str] = field(
        default_factory=dict
    )  # digest of what they said last, by field (the state as it is); what was never heard is missing


@dataclass(frozen=True)
class Move:
    state: str
    at: datetime


@dataclass(frozen=True)
class Conflict:
    """Both sides changed the same thing to something else."""

    name: str  # of the field, or ``state``
    ours: object
    theirs: object
    at: datetime  # when they changed it


@dataclass(frozen=True)
class Outcome:
    values: tuple[tuple[str, object], ...]  # fields to write, final values
    moves: tuple[Move, ...]  # in order
    heard_until: datetime | None
    conflicts: tuple[Conflict, ...] = ()  # the last word of each
    agreed: frozenset[str] = frozenset()  # names on which they now say what we say
    heard: Mapping[str, str] = field(default_factory=dict)  # digests, as after this


def digest(value: object) -> str:
    """:return: a short mark of a value, to see whether they say something else than before without keeping it"""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def follow(mirror: Mirror, reports: Sequence[Report]) -> Outcome:
    """Apply reports in the order in which they happened, whatever the order in which we heard them.

    A report from before the newest one we know only fills what is still empty. One from before the last move
    (ours or theirs) never moves the ticket.
    """
    following = _Following(mirror)
    for report in sorted(reports, key=lambda report: report.occurred_at):
        following.apply(report)
    return following.outcome()


def way(state: str, target: str) -> tuple[str, ...]:
    """:return: the moves that lead there, none if there are none; what ended is reopened first"""
    if may_move(state, target):
        return (target,)
    if state in DONE_STATES and target == WAITING:
        return (OPEN, WAITING)
    return ()


class _Following:
    """The ticket while reports are applied to it, one after the other."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror
        self.state = mirror.state
        self.since = mirror.state_since
        self.until = mirror.heard_until
        self.ours = dict(mirror.ours)
        self.heard = dict(mirror.heard)
        self.values: dict[str, object] = {}
        self.moves: list[Move] = []
        self.conflicts: dict[str, Conflict] = {}
        self.agreed: set[str] = set()

    def apply(self, report: Report) -> None:
        late = _is_late(report, self.until)
        status = dict(report.values).get(STATUS)
        repeats = status is not None and self.heard.get(STATUS) == digest(status)
        if not late:
            self._apply_state(report, repeats)
        for name, value in report.values:
            if late:
                self._fill(name, value)
            else:
                self._hear(name, value, report.occurred_at)
        self.until = max(self.until or report.occurred_at, report.occurred_at)

    def _fill(self, name: str, value: object) -> None:
        if name in self.mirror.empty and name not in self.values:
            self._take(name, value)

    def _hear(self, name: str, value: object, at: datetime) -> None:
        """Theirs if we left it as they said it; ours if they only say it again; else a conflict."""
        said_before = self.heard.get(name)
        self.heard[name] = digest(value)
        if not self._is_edited(name, said_before) or self.ours[name] == value:
            self._take(name, value)
        elif said_before != digest(value):
            self.conflicts[name] = Conflict(name, self.ours[name], value, at)
            self.agreed.discard(name)

    def _is_edited(self, name: str, said_before: str | None) -> bool:
        if said_before is None or name in THEIRS_ONLY or name not in self.ours:
            return False
        return digest(self.ours[name]) != said_before

    def _take(self, name: str, value: object) -> None:
        self.values[name] = self.ours[name] = value
        self._agree(name)

    def _agree(self, name: str) -> None:
        self.conflicts.pop(name, None)
        self.agreed.add(name)

    def _apply_state(self, report: Report, repeats: bool) -> None:
        target = report.state
        if not target or _is_late(report, self.since):
            return
        if target == NEW and self.state in DONE_STATES:
            target = OPEN  # what ended is never new again
        is_ours = self._is_ended_here()
        self.heard[STATE] = target
        if is_ours and target in OPEN_STATES:
            self._contest_state(report, target, repeats)
            return
        self._agree(STATE)
        for step in way(self.state, target):
            self.state, self.since = step, report.occurred_at
            self.moves.append(Move(step, self.since))

    def _contest_state(self, report: Report, target: str, repeats: bool) -> None:
        if not repeats:
            self.conflicts[STATE] = Conflict(
                STATE, self.state, target, report.occurred_at
            )
            self.agreed.discard(STATE)

    def _is_ended_here(self) -> bool:
        """Whether we ended what they last called open. Steps of work are no conflict: theirs are followed."""
        if self.state in OPEN_STATES or not self.heard:
            return False
        return self.heard.get(STATE) not in DONE_STATES

    def outcome(self) -> Outcome:
        return Outcome(
            tuple(self.values.items()),
            tuple(self.moves),
            self.until,
            tuple(self.conflicts.values()),
            frozenset(self.agreed),
            self.heard,
        )


def _is_late(report: Report, since: datetime | None) -> bool:
    return since is not None and report.occurred_at < since
