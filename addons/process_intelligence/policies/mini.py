"""One case against the usual way: what it kept, left out and did instead, and how long it waits. Seconds."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """A step of the case, of the usual way, or of both.

    :param kind: ``kept`` (both), ``extra`` (only the case), ``skipped`` (only the usual way), ``ahead`` (of the usual
        way, and may still come)
    :param step: place among the case's steps
    """

    activity: int
    kind: str
    step: int | None


class Left(NamedTuple):
    """Where a case left the usual way: ``instead`` is None where it ended, ``expected`` where the usual way does."""

    after: int
    instead: int | None
    expected: int | None


def parts(own: Sequence[int], usual: Sequence[int], running: bool) -> list[Part]:
    """Both ways as one line: their longest common subsequence is kept, what the case did instead comes first."""
    common = _common(own, usual)
    line, i, j = [], 0, 0
    while i < len(own) or j < len(usual):
        if i < len(own) and j < len(usual) and own[i] == usual[j]:
            line.append(Part(own[i], "kept", i))
            i, j = i + 1, j + 1
        elif i < len(own) and (j == len(usual) or common[i + 1][j] >= common[i][j + 1]):
            line.append(Part(own[i], "extra", i))
            i += 1
        else:
            line.append(Part(usual[j], _missing(running and not common[i][j]), None))
            j += 1
    return line


def _missing(may_come: bool) -> str:
    return "ahead" if may_come else "skipped"


def _common(own: Sequence[int], usual: Sequence[int]) -> list[list[int]]:
    """:return: lengths of the longest common subsequence of what is left from each pair of places on"""
    lengths = [[0] * (len(usual) + 1) for _place in range(len(own) + 1)]
    for i in reversed(range(len(own))):
        for j in reversed(range(len(usual))):
            lengths[i][j] = (
                lengths[i + 1][j + 1] + 1
                if own[i] == usual[j]
                else max(lengths[i + 1][j], lengths[i][j + 1])
            )
    return lengths


def left(own: Sequence[int], usual: Sequence[int], running: bool) -> Left | None:
    """:return: None while the case is on the usual way
    :param usual: begins as the case does
    """
    place = 0
    while place < min(len(own), len(usual)) and own[place] == usual[place]:
        place += 1
    instead = own[place] if place < len(own) else None
    expected = usual[place] if place < len(usual) else None
    if instead is None and (running or expected is None):
        return None
    return Left(own[place - 1], instead, expected)


def longer_than(waited: float, quantiles: Sequence[float]) -> float:
    """Share of the moves that waited less.

    :param quantiles: those of 1 %, 2 %, ... 99 %
    """
    return bisect_left(quantiles, waited) / (len(quantiles) + 1)
