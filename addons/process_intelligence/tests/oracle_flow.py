"""The statistics of a map once more, slow and on its own: plain loops, and business time minute by minute."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from .oracle import percentile_cont


def statistics(cases):
    """:param cases: as ``oracle.traces`` gives them
    :return: ``({activity: (count, cases, most in a case)}, {pair: (count, cases, most in a case, figures)})``
    """
    activities, moves, seconds = (
        defaultdict(Counter),
        defaultdict(Counter),
        defaultdict(list),
    )
    for case, steps in cases.items():
        for activity, _moment, _attributes in steps:
            activities[activity][case] += 1
        for (source, left, _a), (target, right, _b) in pairwise(steps):
            moves[source, target][case] += 1
            seconds[source, target].append((right - left).total_seconds())
    return (
        {name: _counts(per_case) for name, per_case in activities.items()},
        {
            pair: (*_counts(per_case), figures(seconds[pair]))
            for pair, per_case in moves.items()
        },
    )


def _counts(per_case):
    return per_case.total(), len(per_case), max(per_case.values())


def figures(values):
    return {
        "mean": sum(values) / len(values),
        "median": percentile_cont(values, 0.5),
        "p90": percentile_cont(values, 0.9),
        "p95": percentile_cont(values, 0.95),
        "min": min(values),
        "max": max(values),
        "sum": sum(values),
    }


def business_minutes(start, end, zone, attendances, holidays):
    """Open minutes between two moments of whole minutes, counted one by one.

    :param start, end: aware UTC
    :param zone: tzinfo of the calendar
    :param attendances: ``{weekday: [(hour from, hour to)]}``, local
    :param holidays: local dates
    """
    moment, minutes = start, 0
    while moment < end:
        local = moment.astimezone(zone)
        hour = local.hour + local.minute / 60
        minutes += local.date() not in holidays and any(
            low <= hour < high for low, high in attendances.get(local.weekday(), ())
        )
        moment += timedelta(minutes=1)
    return minutes
