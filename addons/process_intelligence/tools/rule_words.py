"""Rules and their breaches in plain sentences, in the reader's language."""

from . import span_words, who_words


def sentence(env, rule) -> str:
    """A norm is told without figures: whoever reads it need not see the cases that its maker saw.

    :param rule: a ``process_intelligence.rule``, with the right to read the names of its activities and its norm
    :return: what the rule asks for; empty while it is not complete
    """
    facts = {
        "a": rule.activity_id.name or "…",
        "b": rule.other_activity_id.name or "…",
        "n": rule.times,
        "time": span_words.exact(env, rule.within_seconds),
        "people": ", ".join(rule._resource_names()) or "…",
        "share": f"{100 * (rule.norm or {}).get('coverage', 0):g}",
    }
    kind = rule.kind
    if kind == "existence" and rule.times == 1:
        kind = "existence_once"
    if kind == "within" and rule.clock == "business":
        kind = "within_business"
    return _SENTENCES[kind](env, facts) if kind else ""


def why(env, rule, code, names, took=None) -> str:
    """:param names: ``(activity, next activity, resource)`` of the step that shows the breach
    :return: why that is a breach, one sentence
    """
    activity, following, resource = names
    facts = {
        "a": rule.activity_id.name,
        "b": rule.other_activity_id.name,
        "n": rule.times,
        "time": span_words.exact(env, rule.within_seconds),
        "took": span_words.exact(env, took or 0),
        "step": activity,
        "next": following,
        "who": who_words.who(env, resource),
    }
    return _WHY[code](env, facts)


def drift(env, told) -> str:
    """:param told: as ``policies.rules.drift`` answers"""
    recent, before = told["recent"], told["before"]
    facts = {
        "off": recent["off"],
        "cases": recent["cases"],
        "share": _percent(recent["share"]),
        "off_before": before["off"],
        "cases_before": before["cases"],
        "share_before": _percent(before["share"]),
        "points": round(abs(told["points"] or 0), 1),
    }
    if not recent["cases"]:
        return env._("No case had a step in the last 30 days.")
    if not before["cases"]:
        return env._(
            "In the last 30 days %(off)s of %(cases)s cases left the norm (%(share)s %%). There are no cases of the"
            " 90 days before to compare with.",
            **facts,
        )
    now = env._(
        "In the last 30 days %(off)s of %(cases)s cases left the norm (%(share)s %%), in the 90 days before"
        " %(off_before)s of %(cases_before)s (%(share_before)s %%).",
        **facts,
    )
    if not told["significant"]:
        return env._("%(now)s Chance alone may make such a difference.", now=now)
    if told["points"] > 0:
        return env._(
            "%(now)s That is %(points)s percentage points more, and hardly chance.",
            now=now,
            points=facts["points"],
        )
    return env._(
        "%(now)s That is %(points)s percentage points less, and hardly chance.",
        now=now,
        points=facts["points"],
    )


def _percent(share):
    return round(100 * share, 1)


_SENTENCES = {
    "existence_once": lambda env, f: env._("%(a)s happens in every case.", **f),
    "existence": lambda env, f: env._(
        "%(a)s happens at least %(n)s times in every case.", **f
    ),
    "absence": lambda env, f: env._("%(a)s never happens.", **f),
    "exactly": lambda env, f: env._(
        "Times that %(a)s happens in every case: exactly %(n)s.", **f
    ),
    "init": lambda env, f: env._("Every case starts with %(a)s.", **f),
    "end": lambda env, f: env._("Every case ends with %(a)s.", **f),
    "response": lambda env, f: env._(
        "After %(a)s, %(b)s follows sooner or later.", **f
    ),
    "precedence": lambda env, f: env._(
        "%(b)s only happens when %(a)s has happened before.", **f
    ),
    "succession": lambda env, f: env._(
        "After %(a)s, %(b)s follows sooner or later, and %(b)s only happens when %(a)s has happened before.",
        **f,
    ),
    "chain_response": lambda env, f: env._("The step right after %(a)s is %(b)s.", **f),
    "chain_precedence": lambda env, f: env._(
        "The step right before %(b)s is %(a)s.", **f
    ),
    "chain_succession": lambda env, f: env._(
        "The step right after %(a)s is %(b)s, and the step right before %(b)s is %(a)s.",
        **f,
    ),
    "not_coexistence": lambda env, f: env._(
        "%(a)s and %(b)s never happen in the same case.", **f
    ),
    "within": lambda env, f: env._("After %(a)s, %(b)s follows within %(time)s.", **f),
    "within_business": lambda env, f: env._(
        "After %(a)s, %(b)s follows within %(time)s of working time.", **f
    ),
    "four_eyes": lambda env, f: env._(
        "In one case, nobody does both %(a)s and %(b)s. Steps without a known person break nothing.",
        **f,
    ),
    "allowed": lambda env, f: env._(
        "%(a)s is only done by: %(people)s. Steps without a known person break nothing.",
        **f,
    ),
    "norm": lambda env, f: env._(
        "Cases start, go on and end as in the most frequent ways, which held %(share)s %% of the cases when the norm"
        " was frozen.",
        **f,
    ),
}
_WHY = {
    "too_few": lambda env, f: env._(
        "The case is at its last step, and %(a)s has happened fewer times than %(n)s.",
        **f,
    ),
    "too_many": lambda env, f: env._(
        "Here %(a)s happens once more than %(n)s times.", **f
    ),
    "forbidden": lambda env, f: env._("Here %(a)s happens.", **f),
    "wrong_start": lambda env, f: env._(
        "The case starts with %(step)s instead of %(a)s.", **f
    ),
    "wrong_end": lambda env, f: env._(
        "The last step is %(step)s instead of %(a)s.", **f
    ),
    "unanswered": lambda env, f: env._("After this %(a)s comes no %(b)s.", **f),
    "unprepared": lambda env, f: env._(
        "Here %(b)s happens, and %(a)s has not happened before.", **f
    ),
    "not_next": lambda env, f: (
        env._("After this %(a)s comes %(next)s instead of %(b)s.", **f)
        if f["next"]
        else env._("After this %(a)s comes nothing instead of %(b)s.", **f)
    ),
    "not_before": lambda env, f: env._(
        "The step right before this %(b)s is not %(a)s.", **f
    ),
    "together": lambda env, f: env._(
        "With this step both %(a)s and %(b)s have happened.", **f
    ),
    "late": lambda env, f: env._(
        "%(b)s came %(took)s after this %(a)s instead of within %(time)s.", **f
    ),
    "unanswered_in_time": lambda env, f: env._(
        "After this %(a)s comes no %(b)s within %(time)s.", **f
    ),
    "same_resource": lambda env, f: env._(
        "With this step %(who)s has done both %(a)s and %(b)s.", **f
    ),
    "stranger": lambda env, f: env._(
        "%(who)s did %(a)s and is none of those who may.", **f
    ),
    "off_start": lambda env, f: env._("No usual way starts with %(step)s.", **f),
    "off_end": lambda env, f: env._("No usual way ends with %(step)s.", **f),
    "off_move": lambda env, f: env._(
        "No usual way goes from %(step)s to %(next)s.", **f
    ),
}
