"""One case against the usual way, in words."""

from . import span_words


def sentence(env, told) -> str:
    """:param told: as ``case_against_usual`` answers, but for the sentence"""
    return " ".join(filter(None, (_way(env, told), _stand(env, told["stands"]))))


def _way(env, told):
    usual, left = told["usual"], told["left"]
    if not usual:
        return env._(
            "No case that began with %(first)s has ended yet, so there is no usual way.",
            first=told["steps"][0]["activity"],
        )
    if left:
        return _left(env, left)
    if told["state"] == "ended":
        return env._("It went the usual way to its end.")
    return env._(
        "On the usual way so far: %(done)s of %(steps)s steps.",
        done=sum(part["kind"] == "kept" for part in told["parts"]),
        steps=len(usual["path"]),
    )


def _left(env, left):
    if not left["instead"]:
        return env._("It ended after %(after)s; usually %(expected)s follows.", **left)
    if not left["expected"]:
        return env._(
            "It went on after %(after)s, where the usual way ends: %(instead)s.", **left
        )
    return env._(
        "It left the usual way after %(after)s: %(instead)s instead of %(expected)s.",
        **left,
    )


def _stand(env, stands):
    if not stands:
        return ""
    return " ".join(filter(None, (_wait(env, stands), _next(env, stands))))


def _wait(env, stands):
    business = stands["business_waited_seconds"]
    words = {
        "activity": stands["activity"],
        "waited": span_words.rough(env, business, True)
        if business is not False
        else span_words.rough(env, stands["waited_seconds"]),
    }
    if stands["longer_than"] is False:
        return env._("It has waited %(waited)s since %(activity)s.", **words)
    return env._(
        "It has waited %(waited)s since %(activity)s, longer than %(share)s %% of %(history)s did there.",
        **words,
        share=round(100 * stands["longer_than"]),
        history=stands["history"],
    )


def _next(env, stands):
    if not stands["next"]:
        return ""
    return env._(
        "Most often %(next)s comes next (%(share)s %%).",
        next=stands["next"],
        share=round(100 * stands["probability"]),
    )
