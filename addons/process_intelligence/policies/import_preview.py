"""What an import would bring, told before anything is written."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .csv_log import LogRow, Rejection

SHOWN_CASES = 3
SHOWN_STEPS = 10  # of each of them
NAMED_REJECTIONS = 100
#: Figures stop here, so that memory holds whatever the file does; the answer then says "at least".
MOST_CASES = 1_000_000
MOST_ACTIVITIES = 10_000


@dataclass
class ShownCase:
    """``steps``: (moment, place among the rows, line, row), the earliest ones, in the order of the map"""

    case: str
    total: int = 0
    steps: list[tuple[datetime, int, int, LogRow]] = field(default_factory=list)

    def add(self, place: int, line: int, row: LogRow) -> None:
        self.total += 1
        insort(self.steps, (row.moment, place, line, row), key=lambda step: step[:2])
        del self.steps[SHOWN_STEPS:]


@dataclass
class Preview:
    """Counts of a log and its first cases."""

    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    activities: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    shown: dict[str, ShownCase] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    rejected_total: int = 0
    whole: bool = True  # else only the beginning was read
    _cases: set[int] = field(default_factory=set)  # hashes: names are long

    @property
    def cases(self) -> int:
        return len(self._cases)

    @property
    def at_least(self) -> list[str]:
        """The figures that are too large to be counted to their end."""
        full = {
            "cases": len(self._cases) >= MOST_CASES,
            "activities": len(self.activities) >= MOST_ACTIVITIES,
        }
        return [name for name, is_full in full.items() if is_full]

    def _take(self, place: int, line: int, row: LogRow) -> None:
        self.events += 1
        self.first = min(self.first or row.moment, row.moment)
        self.last = max(self.last or row.moment, row.moment)
        if len(self._cases) < MOST_CASES:
            self._cases.add(hash(row.case))
        _count(self.activities, row.activity)
        for name in row.attributes:
            _count(self.attributes, name)
        if row.case not in self.shown and len(self.shown) < SHOWN_CASES:
            self.shown[row.case] = ShownCase(row.case)
        if row.case in self.shown:
            self.shown[row.case].add(place, line, row)

    def _refuse(self, rejection: Rejection) -> None:
        self.rejected_total += 1
        if len(self.rejected) < NAMED_REJECTIONS:
            self.rejected.append(rejection)


def _count(counter: Counter[str], name: str) -> None:
    if name in counter or len(counter) < MOST_ACTIVITIES:
        counter[name] += 1


def look(
    rows: Iterable[tuple[int, LogRow | Rejection]], most: int | None = None
) -> Preview:
    """Read rows through.

    :param most: stop after so many of them
    :raises Refusal: what the reader of the rows raises
    """
    preview = Preview()
    for place, (line, row) in enumerate(rows):
        if place == most:
            preview.whole = False
            break
        if isinstance(row, Rejection):
            preview._refuse(row)
        else:
            preview._take(place, line, row)
    return preview
