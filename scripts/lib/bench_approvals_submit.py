"""Asking and deciding: queries of one with nothing in memory, and of many at once."""

from .bench_approvals_site import line

QUERIES = 25  # of one submission or decision of three steps
EACH = 5  # of each in a batch
TIMES_FASTER = 3.0  # a batch, for each request
MEASURE = """
    import random, statistics, time
    random.seed(seed)
    users = {user.login: user for user in env["res.users"].search([])}
    kind = env["approval_engine.type"].search([("code", "=", "three")])
    Requests = env["approval_engine.request"]

    def drafts(count):
        made = Requests.with_user(users["asker"]).create([
            {"name": f"Request {n}", "type_id": kind.id, "amount": random.randint(1, 9999), "reason": "Bench."}
            for n in range(count)
        ])
        env.cr.commit()
        return made

    def cost(act, requests, login):
        env.cr.commit()
        env.invalidate_all()
        requests = Requests.browse(requests.ids).with_user(users[login])
        before, began = env.cr.sql_log_count, time.perf_counter()
        act(requests)
        env.cr.commit()
        return env.cr.sql_log_count - before, (time.perf_counter() - began) * 1000

    found = {"submit": [], "first": [], "second": [], "last": [], "reject": [], "many": [], "each": []}
    for number in range(rounds + 1):
        one, refused = drafts(1), drafts(1)
        for name, act, login in (
            ("submit", lambda r: r.action_submit(), "asker"),
            ("first", lambda r: r.action_approve(), "many"),
            ("second", lambda r: r.action_approve(), "other0"),
            ("last", lambda r: r.action_approve(), "other2"),
        ):
            found[name].append(cost(act, one, login))
        cost(lambda r: r.action_submit(), refused, "asker")
        found["reject"].append(cost(lambda r: r.action_reject("No."), refused, "many"))
        if number in (0, rounds):  # the first warms up
            batch = drafts(count)
            found["many"].append(cost(lambda r: r.action_submit(), batch, "asker"))
            few = batch[:min(count, 200)]
            found["each"].append(cost(lambda r: r.approve_each(), few, "many"))
    say({
        name: [max(q for q, _ms in costs[1:]), statistics.median(ms for _q, ms in costs[1:])]
        for name, costs in found.items()
    } | {"states": sorted(set(batch.mapped("state"))), "few": len(few)})
"""


def measure(place, quick, seed):
    count, rounds = (100, 5) if quick else (500, 20)
    found = place.ask(MEASURE, count=count, rounds=rounds, seed=seed)
    single = found["submit"][1]
    lines = [
        line(
            f"{words}, three steps, nothing in memory",
            **{"n": 1, "rounds": rounds, "seed": seed, "unit": "queries"},
            value=found[name][0],
            ms=round(found[name][1], 1),
            target=QUERIES,
            ok=found[name][0] <= QUERIES,
        )
        for name, words in (
            ("submit", "submit"),
            ("first", "decide the first step"),
            ("second", "decide the second step"),
            ("last", "decide the last step"),
            ("reject", "reject"),
        )
    ]
    queries, ms = found["many"]
    lines += [
        line(
            f"submit {count} at once, queries each",
            **{"n": count, "rounds": 1, "seed": seed, "unit": "queries"},
            value=round(queries / count, 3),
            all=queries,
            target=EACH,
            ok=queries <= EACH * count and found["states"] == ["pending"],
        ),
        line(
            f"submit {count} at once, time each",
            **{"n": count, "rounds": 1, "seed": seed, "unit": "ms"},
            value=round(ms / count, 2),
            peer="one alone",
            peer_value=round(single, 2),
            ratio=round(single / (ms / count), 2),
            target=TIMES_FASTER,
            ok=single / (ms / count) >= TIMES_FASTER,
        ),
    ]
    queries, ms = found["each"]
    lines.append(
        line(
            f"approve {found['few']} at once, each in a savepoint of its own",
            **{"n": found["few"], "rounds": 1, "seed": seed, "unit": "queries"},
            value=round(queries / found["few"], 2),
            ms=round(ms / found["few"], 2),
            target=QUERIES,
            ok=queries <= QUERIES * found["few"],
        )
    )
    return lines
