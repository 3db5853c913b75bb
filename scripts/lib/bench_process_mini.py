"""One case against the usual way, as a form asks for it: with nothing marked, some cases, thousands, all of them."""

import statistics

from .bench_process_cpu import CPU
from .bench_site import line

TARGET = 0.3  # seconds
MINI = (
    CPU
    + """
    cr = env.cr
    Definition = env["process_intelligence.definition"]
    ledger = Definition.browse(made["ledger"])
    asking = Definition.with_user(env["res.users"].browse(made["reader"]))
    cr.execute(
        "SELECT split_part(path, ',', length + 1)::int FROM process_intelligence_case WHERE definition_id = %s"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 20", [ledger.id])
    ledger.end_activity_ids = env["process_intelligence.activity"].browse(id_ for (id_,) in cr.fetchall())
    env.flush_all()
    cr.execute(
        "SELECT case_id FROM (SELECT case_id, ntile(8) OVER (ORDER BY case_id) AS part"
        " FROM process_intelligence_case WHERE definition_id = %s AND case_id %% 10 = 7) AS parts"
        " GROUP BY part, case_id ORDER BY row_number() OVER (PARTITION BY part ORDER BY case_id), part LIMIT 8",
        [ledger.id])
    cases = [id_ for (id_,) in cr.fetchall()]
    cr.execute("SELECT min(case_id), max(case_id) FROM process_intelligence_case WHERE definition_id = %s", [ledger.id])
    first, last = cr.fetchone()
    marks = "INSERT INTO process_intelligence_stale (case_type, case_model, case_id) SELECT 'bench', 'res.partner', c "
    scenes = {
        "nothing marked": None,
        "some marked": marks + f"FROM unnest(ARRAY{[*cases, first, last]}) AS c",
        "5,000 marked": marks + f"FROM generate_series({last - 4999}, {last}) AS c",
        "all marked": f"INSERT INTO process_intelligence_stale (definition_id) VALUES ({ledger.id})",
    }
    asking.case_against_usual("res.partner", cases[0])  # rights and rules are in memory, as in any server
    found = {}
    for scene, inserting in scenes.items():
        cr.execute("SAVEPOINT scene")
        if inserting:
            cr.execute(inserting)
        found[scene] = []
        for _round in range(rounds):
            for case in cases:
                env.invalidate_all()
                told = []
                before = cr.sql_log_count
                took = spent(lambda: told.append(asking.case_against_usual("res.partner", case)))
                assert told[0]
                found[scene].append((*took, cr.sql_log_count - before))
        cr.execute("ROLLBACK TO SAVEPOINT scene")
    cr.execute("SELECT count(*) FROM process_intelligence_case WHERE definition_id = %s", [ledger.id])
    say({"found": found, "cases": cr.fetchone()[0]})
"""
)


def measure(place, quick, seed):
    rounds = 2 if quick else 3
    found = place.ask(MINI, made=place.made, rounds=rounds)
    for scene, measured in found["found"].items():
        seconds, cpu, queries = zip(*measured, strict=True)
        middle = statistics.median(seconds)
        # The clock of the processors ticks too seldom for one call.
        each_cpu = statistics.mean(cpu)
        yield line(
            f"one case against the usual way, {scene}",
            bench="process",
            n=found["cases"],
            rounds=len(measured),
            seed=seed,
            value=round(middle, 3),
            best=round(min(seconds), 3),
            worst=round(max(seconds), 3),
            unit="s",
            cpu_s=round(each_cpu, 3),
            queries=max(queries),
            target=TARGET,
            ratio=round(min(middle, each_cpu or middle) / TARGET, 3),
            ok=min(middle, each_cpu or middle) <= TARGET,
        )
