"""When an id that a sender used again for other content stops being news."""

from __future__ import annotations

from datetime import datetime, timedelta

OPEN = "open"  #: refused lately; the source's owner was told
SETTLED = "settled"  #: the source has been quiet since, or a person closed it

STATES = [(OPEN, "Open"), (SETTLED, "Settled")]
TRANSITIONS: dict[str, frozenset[str]] = {
    OPEN: frozenset({SETTLED}),
    SETTLED: frozenset(),
}

QUIET = timedelta(hours=1)  # without another refusal; senders try again within that


def is_over(*, last: datetime, now: datetime) -> bool:
    """:param last: when the source's last message was refused for this"""
    return now - last >= QUIET
