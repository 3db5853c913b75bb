"""Causes once more, slow and on their own: loops over cases and their first steps."""

import math
from collections import defaultdict

from .oracle import path, percentile_cont


def slow(cases, seconds=None):
    """:return: ``{case: None}``: the outcome is only known at the end"""
    took = {k: (s[-1][1] - s[0][1]).total_seconds() for k, s in cases.items()}
    limit = percentile_cont(list(took.values()), 0.9) if seconds is None else seconds
    return {case: None for case, value in took.items() if value > limit}


def rework(cases):
    """:return: ``{case: number of the first step that is done again}``"""
    found = {}
    for case, steps in cases.items():
        names = path(steps)
        again = [n for n, name in enumerate(names) if name in names[:n]]
        if again:
            found[case] = again[0] + 1
    return found


def activity(cases, name):
    return {k: path(s).index(name) + 1 for k, s in cases.items() if name in path(s)}


def ranges(worn):
    """:param worn: ``[(case, text)]`` of one attribute
    :return: ``{words: cases}``: quarters by the values that stand at 25, 50 and 75 %
    """
    values = sorted(float(text) for _case, text in worn)
    if len({text for _case, text in worn}) <= 10:
        return {}
    bounds = [values[math.ceil(share * len(values)) - 1] for share in (0.25, 0.5, 0.75)]
    found = defaultdict(list)
    for case, text in worn:
        found[sum(float(text) >= bound for bound in bounds)].append((case, text))
    told = {}
    for members in found.values():
        texts = sorted({text for _case, text in members}, key=float)
        if float(texts[0]) != float(texts[-1]):
            told[f"{texts[0]}–{texts[-1]}"] = {case for case, _text in members}
    return told


def known(cases, came, first):
    """:return: ``({(kind, name, value): (cases, hits)}, cases looked at, {attribute: (ever, in time)})``"""
    looked_at = {
        case: steps
        for case, steps in cases.items()
        if len(steps) >= first and not (case in came and (came[case] or 99) <= first)
    }
    worn = set()
    counts, known_of = defaultdict(set), defaultdict(lambda: [set(), set()])
    for case, steps in looked_at.items():
        counts["start", "", steps[0][0]].add(case)
        for place, (name, _moment, attributes) in enumerate(steps):
            for key, value in attributes.items():
                if value:
                    known_of[key][0].add(case)
                if value and place < first:
                    known_of[key][1].add(case)
                    counts["attribute", key, value].add(case)
                    if key == "amount":
                        worn.add((case, value))
            if first > 1 and place < first:
                counts["has", "", name].add(case)
    for words, members in ranges(worn).items():
        counts["range", "amount", words] = members
    return (
        {key: (len(c), len(c & came.keys())) for key, c in counts.items()},
        looked_at,
        {key: tuple(map(len, pair)) for key, pair in known_of.items()},
    )
