"""Which committed changes a transaction has to see before others may rely on what it read."""

from __future__ import annotations

from dataclasses import dataclass

MOST_RECENT = 50  # changes that are looked up one by one


@dataclass(frozen=True)
class Changes:
    """Transaction ids (``xid8``) of committed changes.

    A transaction sees them all if it sees each of ``recent`` and none up to ``settled`` was
    still running when it began.
    """

    recent: tuple[int, ...] = ()
    settled: int = 0

    def after(self, change: int) -> Changes:
        """:return: the same with one more; only the latest are kept one by one"""
        recent = (*self.recent, change)
        dropped, kept = recent[:-MOST_RECENT], recent[-MOST_RECENT:]
        return Changes(kept, max(self.settled, *dropped, 0))
