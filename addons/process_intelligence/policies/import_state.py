"""The states of an import and the ways between them."""

from collections.abc import Mapping

QUEUED = "queued"  #: waits for the Scheduled Action
DONE = "done"  #: all its events are in the log
FAILED = "failed"  #: nothing of it was imported; the reasons are kept

STATES: tuple[tuple[str, str], ...] = (
    (QUEUED, "Waiting"),
    (DONE, "Imported"),
    (FAILED, "Refused"),
)

TRANSITIONS: Mapping[str, frozenset[str]] = {
    QUEUED: frozenset({DONE, FAILED}),
    DONE: frozenset(),
    FAILED: frozenset(),
}


def may_become(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())
