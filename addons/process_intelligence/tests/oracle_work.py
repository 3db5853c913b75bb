"""Questions about the work once more, slow and on their own: loops over the steps of each case.

Cases are as ``oracle.traces`` gives them, with the resource as attribute ``who`` ("" is nobody).
"""

from collections import Counter, defaultdict
from itertools import pairwise

from .oracle import path, percentile_cont


def rework(cases):
    """:return: ``({activity: (cases, repeats, loops, loop cases, returns, return cases, seconds)}, cases, clean)``"""
    found = defaultdict(lambda: [set(), 0, 0, set(), 0, set(), 0.0])
    touched = set()
    for case, steps in cases.items():
        for place, (name, moment, _attributes) in enumerate(steps):
            if name not in path(steps[:place]):
                continue
            touched.add(case)
            row = found[name]
            row[0].add(case)
            row[1] += 1
            loop = steps[place - 1][0] == name
            row[2 if loop else 4] += 1
            row[3 if loop else 5].add(case)
            if place + 1 < len(steps):
                row[6] += (steps[place + 1][1] - moment).total_seconds()
    return (
        {
            name: tuple(len(v) if isinstance(v, set) else v for v in row)
            for name, row in found.items()
        },
        len(touched),
        len(cases) - len(touched),
    )


def handoffs(cases):
    """:return: ``({pair: (count, cases, median)}, kept, unknown, {pair: (ping-pongs, cases)})``"""
    moves, back = defaultdict(list), defaultdict(list)
    kept = unknown = 0
    for case, steps in cases.items():
        turns = []
        for (_s, left, one), (_t, right, two) in pairwise(steps):
            if not one["who"] or not two["who"]:
                unknown += 1
            elif one["who"] == two["who"]:
                kept += 1
            else:
                turns.append((one["who"], two["who"]))
                moves[turns[-1]].append((case, (right - left).total_seconds()))
        for first, second in pairwise(turns):
            if first == second[::-1]:
                back[first].append(case)
    return (
        {
            pair: (
                len(v),
                len({c for c, _s in v}),
                percentile_cont([s for _c, s in v], 0.5),
            )
            for pair, v in moves.items()
        },
        kept,
        unknown,
        {pair: (len(v), len(set(v))) for pair, v in back.items()},
    )


def lost(cases):
    """:return: ``{pair: seconds above its median}``"""
    seconds = defaultdict(list)
    for steps in cases.values():
        for (source, left, _a), (target, right, _b) in pairwise(steps):
            seconds[source, target].append((right - left).total_seconds())
    return {
        pair: sum(max(0.0, value - percentile_cont(values, 0.5)) for value in values)
        for pair, values in seconds.items()
    }


def batches(cases, window, least):
    """:return: ``{(activity, who): (batches, steps, largest)}``"""
    told = defaultdict(list)
    for case, steps in cases.items():
        for name, moment, attributes in steps:
            if attributes["who"]:
                told[name, attributes["who"]].append((moment, case))
    answer = {}
    for key, moments in told.items():
        groups = []
        for moment, case in sorted(moments):
            near = groups and (moment - groups[-1][-1][0]).total_seconds() <= window
            if not near:
                groups.append([])
            groups[-1].append((moment, case))
        sizes = [len(g) for g in groups if len({case for _m, case in g}) >= least]
        if sizes:
            answer[key] = (len(sizes), sum(sizes), max(sizes))
    return answer


def hands(cases):
    """:return: ``{activity: (people, machine, unknown)}``"""
    kinds = defaultdict(Counter)
    for steps in cases.values():
        for name, _moment, attributes in steps:
            who = attributes["who"]
            machine = who == "system" or who.startswith("source:")
            kinds[name]["machine" if machine else "people" if who else "unknown"] += 1
    return {
        name: (k["people"], k["machine"], k["unknown"]) for name, k in kinds.items()
    }
