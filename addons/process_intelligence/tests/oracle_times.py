"""Starts and completions put together once more, slow and on its own: plain queues, first in first out."""

from collections import defaultdict

from .oracle_flow import figures


def instances(events):
    """:param events: ``(case, activity, moment, {"lifecycle", "who"})`` in file order
    :return: ``{case: [(activity, end, started or None, complete or not, logged seconds or None)]}`` in order; ties keep
        file order
    """
    cases = defaultdict(list)
    for place, event in enumerate(events):
        cases[event[0]].append((event[2], place, event[1], event[3]))
    return {
        case: _of_case(sorted(told, key=lambda e: e[:2]))
        for case, told in cases.items()
    }


def _of_case(told):
    begun = {name for _at, _place, name, facts in told if _says(facts) == "start"}
    turns = [
        (at, place, name, facts)
        for at, place, name, facts in told
        if name in begun and _says(facts) in ("start", "complete", None)
    ]
    start_of = {}
    for whole in (False, True):
        waiting = defaultdict(list)
        used = set(start_of) | {start[1] for start in start_of.values()}
        for turn in turns:
            if turn[1] in used:
                continue
            key = turn[2] if whole else (turn[2], turn[3].get("who") or "")
            if _says(turn[3]) == "start":
                waiting[key].append(turn)
            elif waiting[key]:
                start_of[turn[1]] = waiting[key].pop(0)
    gone = {start[1] for start in start_of.values()}
    found = []
    for at, place, name, facts in told:
        if place in gone:
            continue
        if _says(facts) == "start":
            found.append((name, at, at, False, _logged(facts)))
        elif place in start_of:
            found.append((name, at, start_of[place][0], True, _logged(facts)))
        else:
            found.append((name, at, None, False, _logged(facts)))
    return found


def _says(facts):
    return (facts.get("lifecycle") or "").strip().lower() or None


def _logged(facts):
    for name, size in (("logged_seconds", 1), ("logged_hours", 3600)):
        try:
            told = float(facts.get(name) or "nothing")
        except ValueError:
            continue
        if told >= 0 and told < 10**9:
            return told * size
    return None


def times(cases):
    """:return: ``({activity: figures of working}, {activity: figures of waiting})``, seconds"""
    working, waiting = defaultdict(list), defaultdict(list)
    for steps in cases.values():
        before = None
        for name, end, started, whole, logged in steps:
            if whole:
                working[name].append((end - started).total_seconds())
            elif logged is not None:
                working[name].append(logged)
            if started and before:
                waiting[name].append(max(0.0, (started - before).total_seconds()))
            elif before and logged is not None:
                gap = (end - before).total_seconds()
                waiting[name].append(max(0.0, gap - logged))
            before = end
    return tuple(
        {name: figures(values) for name, values in found.items()}
        for found in (working, waiting)
    )
