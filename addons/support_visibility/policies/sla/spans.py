"""Sets of time spans. A span is (from, to), naive UTC, the end not included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """:return: the same time in order, without overlaps and without empty spans"""
    result: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def without(spans: Iterable[Span], holes: list[Span]) -> Iterator[Span]:
    """What of ``spans`` lies outside ``holes``.

    :param spans: merged; may be endless
    :param holes: merged
    """
    passed = 0
    for begin, end in spans:
        while passed < len(holes) and holes[passed][1] <= begin:
            passed += 1
        index = passed
        while index < len(holes) and holes[index][0] < end:
            if begin < holes[index][0]:
                yield begin, holes[index][0]
            begin = max(begin, holes[index][1])
            index += 1
        if begin < end:
            yield begin, end


def within(spans: Iterable[Span], bounds: Span) -> Iterator[Span]:
    """:return: what of ``spans`` (in order, may be endless) lies inside ``bounds``"""
    for begin, end in spans:
        if begin >= bounds[1]:
            return
        begin, end = max(begin, bounds[0]), min(end, bounds[1])
        if begin < end:
            yield begin, end


def total(spans: Iterable[Span]) -> timedelta:
    return sum((end - begin for begin, end in spans), timedelta())
