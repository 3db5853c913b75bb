"""The jobs that look at a process by themselves: findings and rules, over a log and one of a tenth of its events.

Each has an hour until it comes again and a process a transaction; ten seconds are what one run of a lane takes.
"""

from .bench_process_cpu import CPU
from .bench_site import line

TARGET = 10.0  # seconds
SCALE = (
    13.0  # times, for ten times the events; sorting grows a little faster than they do
)
ROUNDS = {"findings": 1, "again": 3, "rule": 3}  # what is found once is no news again
JOBS = (
    CPU
    + """
    from datetime import timedelta
    cr = env.cr
    Rule = env["process_intelligence.rule"]

    def look(definition):
        cr.execute(
            "SELECT split_part(path, ',', length + 1)::int FROM process_intelligence_case WHERE definition_id = %s"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 30", [definition.id])
        ends = env["process_intelligence.activity"].browse(id_ for (id_,) in cr.fetchall())
        cr.execute("SELECT max(last_ts) FROM process_intelligence_case WHERE definition_id = %s", [definition.id])
        lately = cr.fetchone()[0] - timedelta(hours=6)
        definition.write({"end_activity_ids": [(6, 0, ends.ids)], "watch_stalled": True, "watch_pingpong": True})
        definition.write({"stalled_since": lately, "pingpong_since": lately})
        rules = Rule.create([
            {"definition_id": definition.id, "name": kind, "kind": kind, "activity_id": ends[0].id,
             "other_activity_id": other and ends[1].id, "times": 1}
            for kind, other in (("response", True), ("existence", False), ("not_coexistence", True))
        ])
        for rule in rules:
            rule._watch()  # the first look notes what is broken already
        env.flush_all()
        found = {"findings": [measured(definition._find)], "again": repeated(definition._find)}
        found["rule"] = max(repeated(rule._watch) for rule in rules)
        return {name: [min(part) for part in zip(*took)] for name, took in found.items()}

    def repeated(look):
        return [measured(look) for _round in range(3)]

    def measured(call):
        env.flush_all()
        env.invalidate_all()
        queries = cr.sql_log_count
        took = spent(call)
        return [*took, cr.sql_log_count - queries]

    Definition = env["process_intelligence.definition"]
    found = {name: look(Definition.browse(made[name])) for name in ("small", "big")}
    found["cases"] = Definition.browse(made["big"]).case_count
    cr.rollback()
    say(found)
"""
)
NAMES = {
    "findings": "findings of one process, news of six hours",
    "again": "findings of one process, nothing new",
    "rule": "one rule, the slowest of three",
}


def measure(place, _quick, seed):
    found = place.ask(JOBS, made=place.made)
    for name, words in NAMES.items():
        (seconds, cpu, queries), (small, small_cpu, _q) = (
            found[log][name] for log in ("big", "small")
        )
        scale = min(seconds / small, cpu / small_cpu if small_cpu else seconds / small)
        yield line(
            words,
            bench="process",
            n=found["cases"],
            rounds=ROUNDS[name],
            seed=seed,
            value=round(seconds, 3),
            unit="s",
            cpu_s=round(cpu, 3),
            queries=queries,
            peer="a log of a tenth",
            peer_value=round(small, 3),
            peer_cpu_s=round(small_cpu, 3),
            scale=round(scale, 2),
            most_scale=SCALE,
            target=TARGET,
            ratio=round(min(seconds, cpu or seconds) / TARGET, 3),
            ok=min(seconds, cpu or seconds) <= TARGET and scale <= SCALE,
        )
