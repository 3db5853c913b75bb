"""A small, slow, independent model of the questions, to compare the SQL with.

It knows nothing of the product's code: plain lists and loops over
``(case, activity, moment, attributes)`` in file order.
"""

import math
from collections import Counter, defaultdict
from itertools import pairwise


def traces(events):
    """{case: [(activity, moment, attributes)]}, stable by time: ties keep file order."""
    cases = defaultdict(list)
    for case, activity, moment, attributes in events:
        cases[case].append((activity, moment, attributes))
    return {
        case: sorted(steps, key=lambda step: step[1]) for case, steps in cases.items()
    }


def percentile_cont(values, share):
    values = sorted(values)
    position = (len(values) - 1) * share
    low, high = math.floor(position), math.ceil(position)
    return values[low] + (values[high] - values[low]) * (position - low)


def process_map(cases):
    counts, starts, ends = Counter(), Counter(), Counter()
    durations = defaultdict(list)
    for steps in cases.values():
        starts[steps[0][0]] += 1
        ends[steps[-1][0]] += 1
        for activity, _moment, _attributes in steps:
            counts[activity] += 1
        for (source, left, _a), (target, right, _b) in pairwise(steps):
            durations[source, target].append((right - left).total_seconds())
    return {
        "activities": {
            name: (counts[name], starts[name], ends[name]) for name in counts
        },
        "transitions": {
            pair: (
                len(values),
                percentile_cont(values, 0.5),
                percentile_cont(values, 0.95),
            )
            for pair, values in durations.items()
        },
        "cases": len(cases),
        "events": sum(counts.values()),
    }


def path(steps):
    return tuple(activity for activity, _moment, _attributes in steps)


def pairs(steps):
    names = path(steps)
    return set(pairwise(names))


def variants(cases):
    return Counter(path(steps) for steps in cases.values())


def keeps(steps, filters):
    """Whether a case passes; only the keys that a test uses."""
    names, first, last = path(steps), steps[0][1], steps[-1][1]
    seconds = (last - first).total_seconds()
    low, high = filters.get("throughput_s", [None, None])
    return all(
        (
            set(filters.get("has", ())) <= set(names),
            not set(filters.get("has_not", ())) & set(names),
            not filters.get("start") or names[0] in filters["start"],
            not filters.get("end") or names[-1] in filters["end"],
            {tuple(pair) for pair in filters.get("follows", ())} <= pairs(steps),
            not {tuple(pair) for pair in filters.get("not_follows", ())} & pairs(steps),
            not filters.get("variants")
            or names in {tuple(way) for way in filters["variants"]},
            low is None or seconds >= low,
            high is None or seconds <= high,
            _in_period(first, last, filters.get("_period")),
            all(
                any(step[2].get(name) in values for step in steps)
                for name, values in filters.get("attributes", {}).items()
            ),
        )
    )


def _in_period(first, last, period):
    """``period`` is (mode, from, to) with both bounds."""
    if not period:
        return True
    mode, begin, finish = period
    return {
        "contained": begin <= first and last <= finish,
        "intersecting": first <= finish and last >= begin,
        "started": begin <= first <= finish,
        "ended": begin <= last <= finish,
    }[mode]
