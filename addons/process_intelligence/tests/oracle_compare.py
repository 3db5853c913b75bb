"""Comparing once more, slow and on its own: whole numbers, fractions, pairs and sorted lists."""

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from math import comb, sqrt
from statistics import NormalDist, median

from odoo.addons.process_intelligence.policies.significance import Ranks

from .oracle import path


def fisher(one, two):
    hits, cases = one.hits + two.hits, one.cases + two.cases
    tables = {
        k: Fraction(comb(one.cases, k) * comb(two.cases, hits - k), comb(cases, hits))
        for k in range(hits + 1)
        if k <= one.cases and hits - k <= two.cases
    }
    return float(sum(p for p in tables.values() if p <= tables[one.hits]))


def z_test(one, two):
    p = (one.hits + two.hits) / (one.cases + two.cases)
    error = sqrt(p * (1 - p) / one.cases + p * (1 - p) / two.cases)
    z = (one.hits / one.cases - two.hits / two.cases) / error
    return 2 * (1 - NormalDist().cdf(abs(z)))


def ranks(one, two):
    every = sorted([*one, *two])
    sizes = [every.count(value) for value in set(every)]
    return Ranks(
        len(one),
        len(two),
        sum(every.index(v) + 1 + (every.count(v) - 1) / 2 for v in one),
        sum(t**3 - t for t in sizes),
    )


def rank_test(one, two):
    n, m, every = len(one), len(two), [*one, *two]
    u = sum((a > b) + (a == b) / 2 for a in one for b in two)
    ties = sum(every.count(v) ** 3 - every.count(v) for v in set(every))
    spread = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    if spread <= 1e-12:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / sqrt(spread)
    return 2 * (1 - NormalDist().cdf(z))


def step_up(ps):
    order = sorted(ps)
    return [
        min([1.0] + [q * len(ps) / (r + 1) for r, q in enumerate(order) if q >= p])
        for p in ps
    ]


def moves(cases):
    """:return: ``{pair: [[seconds of each such move of a case], one list a case]}``"""
    found = defaultdict(list)
    for steps in cases.values():
        mine = defaultdict(list)
        for (source, left, _a), (target, right, _b) in pairwise(steps):
            mine[source, target].append((right - left).total_seconds())
        for pair, seconds in mine.items():
            found[pair].append(seconds)
    return found


def with_step(cases, name):
    return sum(name in path(steps) for steps in cases.values())


def steps_of(cases, name):
    return sum(path(steps).count(name) for steps in cases.values())


def length(cases, ends):
    """:return: seconds of the cases that end with one of ``ends``"""
    return [
        (steps[-1][1] - steps[0][1]).total_seconds()
        for steps in cases.values()
        if steps[-1][0] in ends
    ]


def usual(values):
    return median(values) if values else False
