"""The sentences for what goes together with an outcome, in the reader's language."""

from ..policies import causes
from . import who_words


def cause(env, row) -> str:
    """One sentence of association: nobody knows from counts alone what would happen otherwise."""
    facts = {
        "name": row["name"],
        "value": value(env, row),
        "cases": row["cases"],
        "with": _percent(row["share_with"]),
        "without": _percent(row["share_without"]),
        "low": row["low"],
        "high": row["high"],
    }
    return _CAUSES[row["kind"]](env, facts)


def value(env, row):
    is_who = row["kind"] == causes.ATTRIBUTE and row["name"] == "resource"
    return who_words.who(env, row["value"]) if is_who else row["value"]


def refused(env, row) -> str:
    return env._(
        "%(name)s is left out: only %(known)s of the %(cases)s cases that carry it did so in time, so it may come from "
        "the outcome.",
        name=row["name"],
        known=row["known_in_time"],
        cases=row["cases"],
    )


def suspect(env) -> str:
    return env._(
        "It says the outcome almost without fail. Make sure that it is not written down because of it."
    )


_CAUSES = {
    causes.ATTRIBUTE: lambda env, f: env._(
        "Where %(name)s is %(value)s it happens in %(with)s%% of cases, otherwise in %(without)s%%.",
        **f,
    ),
    causes.RANGE: lambda env, f: env._(
        "Where %(name)s is %(low)s to %(high)s it happens in %(with)s%% of cases, otherwise in %(without)s%%.",
        **f,
    ),
    causes.START: lambda env, f: env._(
        "When a case starts with %(value)s it happens in %(with)s%% of cases, otherwise in %(without)s%%.",
        **f,
    ),
    causes.HAS: lambda env, f: env._(
        "With %(value)s among the first steps it happens in %(with)s%% of cases, otherwise in %(without)s%%.",
        **f,
    ),
}


def _percent(share):
    return round(100 * share, 1)
