"""The sentences for what two slices differ in, in the reader's language."""

from . import span_words


def throughput(env, row) -> str:
    medians = row["median_seconds"]
    if medians["one"] > medians["two"]:
        return env._(
            "Finished cases usually take longer: %(one)s instead of %(two)s.",
            **_spans(env, medians),
        )
    if medians["one"] < medians["two"]:
        return env._(
            "Finished cases usually take less time: %(one)s instead of %(two)s.",
            **_spans(env, medians),
        )
    return env._(
        "Finished cases usually take %(one)s on both sides, but their times lie otherwise.",
        **_spans(env, medians),
    )


def activity(env, row) -> str:
    facts = {"step": row["name"], **_percents(row["share"])}
    if row["share"]["one"] > row["share"]["two"]:
        return env._(
            "%(step)s happens in more cases: %(one)s%% instead of %(two)s%%.", **facts
        )
    return env._(
        "%(step)s happens in fewer cases: %(one)s%% instead of %(two)s%%.", **facts
    )


def move_share(env, row) -> str:
    facts = {
        "before": row["source"],
        "after": row["target"],
        **_percents(row["share"]),
    }
    if row["share"]["one"] > row["share"]["two"]:
        return env._(
            "More cases go from %(before)s to %(after)s: %(one)s%% instead of %(two)s%%.",
            **facts,
        )
    return env._(
        "Fewer cases go from %(before)s to %(after)s: %(one)s%% instead of %(two)s%%.",
        **facts,
    )


def move_time(env, row) -> str:
    medians = row["median_seconds"]
    facts = {"before": row["source"], "after": row["target"], **_spans(env, medians)}
    if medians["one"] > medians["two"]:
        return env._(
            "From %(before)s to %(after)s usually takes longer: %(one)s instead of %(two)s.",
            **facts,
        )
    if medians["one"] < medians["two"]:
        return env._(
            "From %(before)s to %(after)s usually takes less time: %(one)s instead of %(two)s.",
            **facts,
        )
    return env._(
        "From %(before)s to %(after)s usually takes %(one)s on both sides, but the times lie otherwise.",
        **facts,
    )


def of(env, kind, row) -> str:
    """:param kind: ``share_test`` or ``time_test``"""
    if "name" in row:
        return activity(env, row)
    if "source" not in row:
        return throughput(env, row)
    return (move_share if kind == "share_test" else move_time)(env, row)


def _spans(env, medians):
    one, two = span_words.pair(env, medians["one"], medians["two"])
    return {"one": one, "two": two}


def _percents(shares):
    return {side: round(100 * share, 1) for side, share in shares.items()}
