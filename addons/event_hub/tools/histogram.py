"""Counts by size, as Prometheus' histograms keep them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

# Seconds from received to processed: what a person feels, up to an hour of standstill.
LATENCY_EDGES = (
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    900.0,
    3600.0,
)
INFINITE = "+Inf"


def label(edge: float) -> str:
    """:return: ``le`` as the text format writes it, such as ``2.5`` and ``60.0``"""
    return repr(float(edge))


def bucket(seconds: float, edges: tuple[float, ...] = LATENCY_EDGES) -> str:
    """:return: label of the smallest edge that is not below ``seconds``"""
    place = bisect_left(edges, seconds)
    return label(edges[place]) if place < len(edges) else INFINITE


def cumulative(
    counts: Mapping[str, int], edges: Iterable[float] = LATENCY_EDGES
) -> list[tuple[str, int]]:
    """From counts per bucket to the running totals that the text format wants, ``+Inf`` last.

    >>> cumulative({"1.0": 2, "+Inf": 1}, (0.5, 1.0))
    [('0.5', 0), ('1.0', 2), ('+Inf', 3)]
    """
    total, result = 0, []
    for name in [*map(label, edges), INFINITE]:
        total += counts.get(name, 0)
        result.append((name, total))
    return result
