"""Durations in the reader's language."""

from ..policies import spans


def rough(env, seconds: float, in_business=False) -> str:
    """:param in_business: seconds of working time, which is said in hours
    :return: one unit, such as ``14 days``
    """
    unit, value = spans.rough(seconds, in_hours=in_business)
    said = _ROUGH[unit](env, value)
    return env._("%(time)s of working time", time=said) if in_business else said


def pair(env, one: float, two: float) -> tuple[str, str]:
    """Two durations that a reader compares: in smaller units where they would read as the same."""
    words = rough(env, one), rough(env, two)
    if words[0] == words[1] and one != two:
        return exact(env, one), exact(env, two)
    return words


def exact(env, seconds: float) -> str:
    """:return: the two largest units, such as ``2 h 5 min``"""
    left, parts = round(seconds), []
    for size, words in _EXACT:
        count, left = divmod(left, size)
        if count:
            parts.append(words(env, count))
    return " ".join(parts[:2]) or env._("0 s")


_ROUGH = {
    "seconds": lambda env, n: env._("%(n)s s", n=n),
    "minutes": lambda env, n: env._("%(n)s min", n=n),
    "hours": lambda env, n: env._("%(n)s h", n=n),
    "days": lambda env, n: env._("%(n)s days", n=n),
    "months": lambda env, n: env._("%(n)s months", n=n),
}
_EXACT = (
    (spans.DAY, lambda env, n: env._("%(n)s d", n=n)),
    (spans.HOUR, lambda env, n: env._("%(n)s h", n=n)),
    (spans.MINUTE, lambda env, n: env._("%(n)s min", n=n)),
    (1, lambda env, n: env._("%(n)s s", n=n)),
)
