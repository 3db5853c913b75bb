"""How an inbox message moves."""

from __future__ import annotations

RECEIVED = "received"  #: stored, not yet understood
PROCESSED = "processed"  #: in the ledger, its effect done
FAILED = "failed"  #: an error that may pass; tried again
PARKED = "parked"  #: needs a person first, for the reason given
DEAD = "dead"  #: tried five times; needs a person

TRANSITIONS: dict[str, frozenset[str]] = {
    RECEIVED: frozenset({PROCESSED, FAILED, PARKED, DEAD}),
    FAILED: frozenset({RECEIVED, PROCESSED, FAILED, PARKED, DEAD}),
    PARKED: frozenset({RECEIVED}),
    DEAD: frozenset({RECEIVED}),
    PROCESSED: frozenset(),
}
REPLAYABLE = frozenset(
    state for state, targets in TRANSITIONS.items() if RECEIVED in targets
)


def may_move(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())
