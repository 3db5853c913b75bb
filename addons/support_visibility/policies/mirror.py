"""How a ticket of another helpdesk is followed, when its reports may come twice, late or out of order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .ticket_state import may_move


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


@dataclass(frozen=True)
class Move:
    state: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    values: tuple[tuple[str, object], ...]  # fields to write, final values
    moves: tuple[Move, ...]  # in order
    heard_until: datetime | None


def _is_late(report: Report, since: datetime | None) -> bool:
    return since is not None and report.occurred_at < since


def follow(mirror: Mirror, reports: Sequence[Report]) -> Outcome:
    """Apply reports in the order in which they happened, whatever the order in which we heard them.

    A report from before the newest one we know only fills what is still empty. One from before the last move
    (ours or theirs) never moves the ticket.
    """
    state, since, heard = mirror.state, mirror.state_since, mirror.heard_until
    values: dict[str, object] = {}
    moves: list[Move] = []
    for report in sorted(reports, key=lambda report: report.occurred_at):
        late = _is_late(report, heard)
        for name, value in report.values:
            if not late or (name in mirror.empty and name not in values):
                values[name] = value
        if (
            report.state
            and not late
            and not _is_late(report, since)
            and may_move(state, report.state)
        ):
            state, since = report.state, report.occurred_at
            moves.append(Move(state, since))
        heard = max(heard or report.occurred_at, report.occurred_at)
    return Outcome(tuple(values.items()), tuple(moves), heard)
