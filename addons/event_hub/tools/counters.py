"""Answers of the door since this server process last wrote them down.

The door counts here, in memory: a row per request would halve its rate, and most refusals
have no transaction worth keeping. ``event_hub.tally`` writes the sums down every two seconds.
"""

from __future__ import annotations

import threading
from collections import Counter

Key = tuple[str, str, str]  # database, source, answer

_lock = threading.Lock()
_answers: Counter[Key] = Counter()


def count_answer(dbname: str, source: str, answer: str) -> None:
    """:param answer: accepted, duplicate, or the code of the error"""
    with _lock:
        _answers[dbname, source, answer] += 1


def take(dbname: str) -> dict[tuple[str, str], int]:
    """:return: ``{(source, answer): count}``, which are forgotten here"""
    with _lock:
        keys = [key for key in _answers if key[0] == dbname]
        return {
            (source, answer): _answers.pop((dbname, source, answer))
            for _, source, answer in keys
        }


def give_back(dbname: str, counts: dict[tuple[str, str], int]) -> None:
    """Count again what could not be written down."""
    with _lock:
        for (source, answer), count in counts.items():
            _answers[dbname, source, answer] += count
