"""Answers that were worked out before, kept by each process for as long as nothing they rest on has changed."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

#: Rows of all kept answers together; some ten megabytes.
MAX_ROWS = 50_000


class Answers:
    """The last answers, up to ``max_rows`` rows; the longest unused one goes first."""

    def __init__(self, max_rows: int = MAX_ROWS):
        self._max_rows = max_rows
        self._rows = 0
        self._kept: OrderedDict[Hashable, tuple] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> tuple | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, answer: tuple) -> None:
        """An answer with more rows than all may have is not kept."""
        with self._lock:
            self._drop(key)
            if len(answer) > self._max_rows:
                return
            self._kept[key] = answer
            self._rows += self._weight(answer)
            while self._rows > self._max_rows:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        if key in self._kept:
            self._rows -= self._weight(self._kept.pop(key))

    @staticmethod
    def _weight(answer: tuple) -> int:
        return len(answer) + 1  # an empty one takes room as well


KEPT = Answers()
