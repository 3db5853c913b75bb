"""Guess what the columns of a log are, so that a person only has to confirm."""

import re
from collections.abc import Sequence

from .timestamps import Evidence

DELIMITERS = (",", ";", "\t", "|")

#: Best name first. A name matches when it is contained in the column's name.
_NAMES: dict[str, tuple[str, ...]] = {
    "case": (
        "case:concept:name",
        "caseid",
        "case",
        "ticket",
        "incident",
        "traceid",
        "orderid",
        "number",
        "id",
    ),
    "activity": (
        "concept:name",
        "activity",
        "event",
        "incidentstate",
        "state",
        "status",
        "step",
        "action",
        "task",
    ),
    "timestamp": (
        "time:timestamp",
        "completetimestamp",
        "timestamp",
        "occurredat",
        "updatedat",
        "date",
        "time",
        "createdat",
    ),
    "resource": (
        "org:resource",
        "resource",
        "assignedto",
        "performer",
        "user",
        "agent",
        "actor",
        "owner",
    ),
}


def guess_delimiter(first_line: str) -> str:
    """The delimiter that splits the header most often; a comma when none does."""
    return max(
        DELIMITERS,
        key=lambda delimiter: (first_line.count(delimiter), delimiter == ","),
    )


def guess_roles(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Role -> column index for every role with a likely column, no column twice.

    ``timestamp`` is only given to a column of whose sample values most read as timestamps.
    """
    times = {index for index in range(len(header)) if _reads_as_time(index, rows)}
    taken: dict[str, int] = {}
    for role in ("timestamp", "case", "activity", "resource"):
        allowed = times if role == "timestamp" else set(range(len(header))) - times
        index = _best(_NAMES[role], header, allowed - set(taken.values()))
        if index is None and role == "timestamp" and times:
            index = min(times)
        if index is not None:
            taken[role] = index
    return taken


def _best(names: Sequence[str], header: Sequence[str], allowed: set[int]) -> int | None:
    plain = {index: _plain(header[index]) for index in sorted(allowed)}
    for matches in (
        lambda name, column: name == column,
        lambda name, column: name in column,
    ):
        for name in names:
            for index, column in plain.items():
                if matches(name, column):
                    return index
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", name.lower())


def _reads_as_time(index: int, rows: Sequence[Sequence[str]]) -> bool:
    evidence = Evidence()
    for row in rows:
        if len(row) > index and row[index].strip():
            evidence.look_at(row[index].strip())
    return evidence.readable > evidence.unreadable
