"""A small, slow, independent model of one case against the usual way; traces as ``oracle.traces`` gives them."""

from collections import Counter
from functools import cache

from .oracle import path, percentile_cont


def usual_ways(cases, ends, first):
    """:return: ``(ways as usual as any, how many cases went each, all ended cases that begin with first)``"""
    ended = Counter(
        names
        for names in map(path, cases.values())
        if names[0] == first and names[-1] in ends
    )
    most = max(ended.values(), default=0)
    equal = [names for names, number in ended.items() if number == most]
    shortest = min(map(len, equal), default=0)
    return {n for n in equal if len(n) == shortest}, most, sum(ended.values())


def common(own, usual):
    """Length of the longest common subsequence, by its definition."""

    @cache
    def longest(i, j):
        if i == len(own) or j == len(usual):
            return 0
        if own[i] == usual[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    return longest(0, 0)


def moves_from(cases, activity):
    """:return: ``(seconds to the next step, the steps that came next)``"""
    found = [
        ((right - left).total_seconds(), after)
        for steps in cases.values()
        for (name, left, _a), (after, right, _b) in zip(steps, steps[1:], strict=False)
        if name == activity
    ]
    return [seconds for seconds, _name in found], Counter(name for _s, name in found)


def longer_than(waited, seconds):
    return sum(percentile_cont(seconds, n / 100) < waited for n in range(1, 100)) / 100
