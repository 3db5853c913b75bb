"""The map of objects once more, slow and on its own: every object is a case of its own."""

from collections import defaultdict

from . import oracle


def object_map(events):
    """:param events: ``(activity, moment, {(kind, object)})`` in the order of equal times
    :return: ``({kind: map as oracle.process_map}, {kind: (objects, events, several, repeated)},
        {activity: (events, shared)})``
    """
    told, kinds = defaultdict(list), defaultdict(set)
    several, times = defaultdict(set), defaultdict(int)
    counts = defaultdict(lambda: [0, 0])
    for place, (name, moment, objects) in enumerate(events):
        counts[name][0] += 1
        counts[name][1] += len(objects) > 1
        for kind, one in objects:
            told[kind].append((one, name, moment, {}))
            kinds[kind].add(place)
            times[kind, one, name] += 1
            if sum(other == kind for other, _one in objects) > 1:
                several[kind].add(place)
    again = {(kind, one) for (kind, one, _name), count in times.items() if count > 1}
    traces = {kind: oracle.traces(steps) for kind, steps in told.items()}
    return (
        {kind: oracle.process_map(cases) for kind, cases in traces.items()},
        {
            kind: (
                len(cases),
                len(kinds[kind]),
                len(several[kind]),
                sum(other == kind for other, _one in again),
            )
            for kind, cases in traces.items()
        },
        {name: tuple(found) for name, found in counts.items()},
    )
