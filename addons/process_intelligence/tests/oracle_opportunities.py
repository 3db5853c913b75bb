"""Opportunities once more, slow and on their own: loops over the steps of each case, shares and logarithms."""

from collections import Counter, defaultdict
from itertools import pairwise
from math import log2

from .oracle import percentile_cont


def evenness(counts):
    total = sum(counts)
    if len(counts) < 2:
        return 0.0
    return sum(-n / total * log2(n / total) for n in counts) / log2(len(counts))


def person(attributes):
    who = attributes["who"].strip()
    return bool(who) and who != "system" and not who.startswith("source:")


def opportunities(cases):
    """:return: ``{activity: (steps, people, waited, median, share of the commonest next step, regularity, score)}``"""
    following, hands, waits = (
        defaultdict(Counter),
        defaultdict(Counter),
        defaultdict(list),
    )
    for steps in cases.values():
        for (_s, left, _a), (name, right, attributes) in pairwise(steps):
            if person(attributes):
                waits[name].append((right - left).total_seconds())
        for (name, _at, attributes), after in zip(
            steps, [*steps[1:], None], strict=True
        ):
            if person(attributes):
                following[name][after and after[0]] += 1
                hands[name][attributes["who"]] += 1
    found = {}
    for name, seconds in waits.items():
        low, median, high = (percentile_cont(seconds, s) for s in (0.25, 0.5, 0.75))
        counts = following[name]
        if not median or counts.total() < 5:
            continue
        regular = (
            (1 - evenness(list(counts.values())))
            + (1 - evenness(list(hands[name].values())))
            + (1 - (high - low) / (high + low))
        ) / 3
        steps = counts.total()
        found[name] = (
            steps,
            len(hands[name]),
            sum(seconds),
            median,
            max(counts.values()) / steps,
            regular,
            steps * median / 3600 * regular,
        )
    return found
