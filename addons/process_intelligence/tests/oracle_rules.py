"""Rules of a process once more, slow and on its own: each kind read off the words of DECLARE, step by step.

Steps are those of ``oracle.traces``; the resource is the attribute ``who``.
"""

from itertools import pairwise


def breaches(rule, steps, now, business=None):
    """:param rule: ``{"kind", "a", "b", "n", "within", "people", "norm"}``
    :param business: function of two moments giving seconds of working time; None counts on the clock
    :return: ``[(position from 1, code, whether a later step may heal it)]``
    """
    return sorted(_OF[rule["kind"]](rule, steps, now, business))


def applies(rule, steps):
    names = [step[0] for step in steps]
    has_a, has_b = rule["a"] in names, rule["b"] in names
    return {
        **dict.fromkeys(("response", "chain_response", "within", "allowed"), has_a),
        **dict.fromkeys(("precedence", "chain_precedence"), has_b),
        **dict.fromkeys(
            ("succession", "chain_succession", "not_coexistence"), has_a or has_b
        ),
        "four_eyes": has_a and has_b,
    }.get(rule["kind"], True)


def unknown(rule, steps):
    """Whether a resource is missing where the rule asks for one."""
    asked = {"four_eyes": (rule["a"], rule["b"]), "allowed": (rule["a"],)}
    return applies(rule, steps) and any(
        name in asked.get(rule["kind"], ()) and not facts.get("who")
        for name, _moment, facts in steps
    )


def _existence(rule, steps, _now, _business):
    if sum(step[0] == rule["a"] for step in steps) < rule["n"]:
        yield len(steps), "too_few", True


def _exactly(rule, steps, now, business):
    yield from _existence(rule, steps, now, business)
    places = [at for at, step in enumerate(steps, 1) if step[0] == rule["a"]]
    if len(places) > rule["n"]:
        yield places[rule["n"]], "too_many", False


def _absence(rule, steps, _now, _business):
    for at, step in enumerate(steps, 1):
        if step[0] == rule["a"]:
            yield at, "forbidden", False


def _init(rule, steps, _now, _business):
    if steps[0][0] != rule["a"]:
        yield 1, "wrong_start", False


def _end(rule, steps, _now, _business):
    if steps[-1][0] != rule["a"]:
        yield len(steps), "wrong_end", True


def _response(rule, steps, _now, _business):
    for at, step in enumerate(steps, 1):
        if step[0] == rule["a"] and rule["b"] not in [s[0] for s in steps[at:]]:
            yield at, "unanswered", True


def _precedence(rule, steps, _now, _business):
    for at, step in enumerate(steps, 1):
        if step[0] == rule["b"] and rule["a"] not in [s[0] for s in steps[: at - 1]]:
            yield at, "unprepared", False


def _chain_response(rule, steps, _now, _business):
    for at, step in enumerate(steps, 1):
        following = steps[at][0] if at < len(steps) else None
        if step[0] == rule["a"] and following != rule["b"]:
            yield at, "not_next", following is None


def _chain_precedence(rule, steps, _now, _business):
    for at, step in enumerate(steps, 1):
        if step[0] == rule["b"] and (at == 1 or steps[at - 2][0] != rule["a"]):
            yield at, "not_before", False


def _both(one, two):
    def found(*args):
        yield from one(*args)
        yield from two(*args)

    return found


def _not_coexistence(rule, steps, _now, _business):
    seen = set()
    for at, step in enumerate(steps, 1):
        seen.add(step[0])
        if {rule["a"], rule["b"]} <= seen:
            yield at, "together", False
            return


def _within(rule, steps, now, business):
    passed = business or (lambda one, two: (two - one).total_seconds())
    for at, (name, moment, _facts) in enumerate(steps, 1):
        if name != rule["a"]:
            continue
        answers = [when for other, when, _f in steps[at:] if other == rule["b"]]
        if not answers:
            yield at, "unanswered_in_time", passed(moment, now) <= rule["within"]
        elif passed(moment, answers[0]) > rule["within"]:
            yield at, "late", False


def _four_eyes(rule, steps, _now, _business):
    done, told = {}, set()
    for at, (name, _moment, facts) in enumerate(steps, 1):
        who = facts.get("who")
        if who and name in (rule["a"], rule["b"]):
            done.setdefault(who, set()).add(name)
            if len(done[who]) == 2 and who not in told:
                told.add(who)
                yield at, "same_resource", False


def _allowed(rule, steps, _now, _business):
    for at, (name, _moment, facts) in enumerate(steps, 1):
        if name == rule["a"] and facts.get("who") not in (None, "", *rule["people"]):
            yield at, "stranger", False


def _norm(rule, steps, _now, _business):
    starts, ends, moves = rule["norm"]
    names = [step[0] for step in steps]
    if names[0] not in starts:
        yield 1, "off_start", False
    for at, move in enumerate(pairwise(names), 1):
        if move not in moves:
            yield at, "off_move", False
    if names[-1] not in ends:
        yield len(steps), "off_end", True


_OF = {
    "existence": _existence,
    "exactly": _exactly,
    "absence": _absence,
    "init": _init,
    "end": _end,
    "response": _response,
    "precedence": _precedence,
    "succession": _both(_response, _precedence),
    "chain_response": _chain_response,
    "chain_precedence": _chain_precedence,
    "chain_succession": _both(_chain_response, _chain_precedence),
    "not_coexistence": _not_coexistence,
    "within": _within,
    "four_eyes": _four_eyes,
    "allowed": _allowed,
    "norm": _norm,
}
