"""What people may say about a suggestion, and when."""

from __future__ import annotations

PENDING = "pending"  #: nobody has judged it yet
ACCEPTED = "accepted"  #: a person uses it as it stands
EDITED = "edited"  #: a person uses a corrected version
REJECTED = "rejected"  #: a person says it is of no use

VERDICTS = [
    (PENDING, "Not judged"),
    (ACCEPTED, "Accepted"),
    (EDITED, "Accepted with changes"),
    (REJECTED, "Rejected"),
]

#: A verdict is given once: later figures about quality rest on it.
TRANSITIONS: dict[str, frozenset[str]] = {
    PENDING: frozenset({ACCEPTED, EDITED, REJECTED}),
    ACCEPTED: frozenset(),
    EDITED: frozenset(),
    REJECTED: frozenset(),
}

READY = "ready"  #: the output obeys the schema and its citations exist
FAILED = "failed"  #: the output was refused; kept to learn from, never shown as advice

STATES = [(READY, "Ready"), (FAILED, "Refused")]


def verdict_problem(*, state: str, verdict: str, target: str) -> str | None:
    """:return: a stable code why the verdict cannot be given: ``failed``, ``unknown`` or ``judged``; None if it can"""
    if target not in TRANSITIONS or target == PENDING:
        return "unknown"
    if state != READY:
        return "failed"
    return None if target in TRANSITIONS[verdict] else "judged"
