"""Counts of this server process since it started, for the metrics page."""

from __future__ import annotations

import threading
from collections import Counter

_lock = threading.Lock()
_answers: Counter[tuple[str, str, str]] = Counter()  # (database, source, answer)


def count_answer(dbname: str, source: str, answer: str) -> None:
    """:param answer: accepted, duplicate, or the code of the error"""
    with _lock:
        _answers[dbname, source, answer] += 1


def answers(dbname: str) -> dict[tuple[str, str], int]:
    """:return: ``{(source, answer): count}``"""
    with _lock:
        return {
            (source, answer): n
            for (db, source, answer), n in _answers.items()
            if db == dbname
        }
