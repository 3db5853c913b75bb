"""One system's word counts: which offered values are let through, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

OPEN = "open"  #: waits for a person
KEPT = "kept"  #: the value here stays
TAKEN = "taken"  #: the offered value was written
STATES = [(OPEN, "Open"), (KEPT, "Kept"), (TAKEN, "Taken")]
TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({KEPT, TAKEN}),
    KEPT: frozenset(),
    TAKEN: frozenset(),
}

RAISE = "raise"  #: ask a person
REFRESH = "refresh"  #: the question is open already; the newer offer takes its place
IGNORE = "ignore"  #: answered before, or older than what is known


def foreign_fields(
    written: Collection[str],
    owners: Mapping[str, frozenset[int]],
    sources: frozenset[int],
) -> list[str]:
    """Those of the ``written`` fields that belong to another system than the writer, in order.

    :param owners: field name to the ids of the sources whose word counts; empty: people here
    :param sources: ids of the sources the writer speaks for
    """
    return [name for name in written if name in owners and not owners[name] & sources]


@dataclass(frozen=True)
class Offer:
    value: str  # as it is stored, so that two offers can be compared
    offered_at: datetime  # when it was so in the other system


@dataclass(frozen=True)
class Known:
    """The last conflict about the same field of the same record with the same source."""

    state: str
    value: str
    offered_at: datetime


def decide(offer: Offer, known: Known | None) -> str:
    """What an offered value that differs from ours asks for.

    What happened earlier never takes the place of what happened later; and who decided to
    keep our value is not asked again about the same offer.
    """
    if known is None:
        return RAISE
    if offer.offered_at < known.offered_at:
        return IGNORE
    if known.state == OPEN:
        return REFRESH
    if known.state == KEPT and known.value == offer.value:
        return IGNORE
    return RAISE
