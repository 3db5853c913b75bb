"""Events for scripts/bench process: 500 ways of 2 to 18 steps, the first ones frequent, some steps at one time."""

from .progress import step

#: Rows ``(case number, step, activity, moment, who, attributes)`` of ``cases`` cases.
EVENTS = """
    SELECT c, p, 'Activity ' || (way * 31 + p * (7 + way % 11)) % 40 AS activity,
           TIMESTAMP '2025-01-01' + c * interval '211 seconds'
               + sum(gap) OVER (PARTITION BY c ORDER BY p) * interval '1 second' AS ts,
           'user' || (c * 7 + p) % 60 AS who,
           jsonb_build_object('region', (ARRAY['north', 'south', 'east', 'west'])[1 + c % 4],
                              'tier', c % 7) AS attributes
      FROM (
        SELECT c, way, p, CASE WHEN p = 1 OR (c + p) % 10 = 0 THEN 0 ELSE floor(random() * 7200) END AS gap
          FROM (SELECT c, floor(500 * random() ^ 3)::int AS way FROM generate_series(1, {cases}) AS c) AS ways,
               LATERAL generate_series(1, 2 + way * 7 % 17) AS p
      ) AS steps
"""
FILL = (
    "EVENTS = "
    + repr(EVENTS)
    + """
cr = env.cr
cr.execute("SELECT setseed(%s)", [seed / 10000])
Definition = env["process_intelligence.definition"]
made = {}

def log_of(name, count):
    definition = Definition.create({"name": name, "company_id": env.company.id})
    log = env["process_intelligence.log"].sudo().create({
        "name": name, "definition_id": definition.id, "company_id": env.company.id, "user_id": env.uid, "digest": name,
    })
    env.flush_all()
    told = EVENTS.format(cases=count * 14 // 100).replace("%", "%%")
    cr.execute(f'''
        INSERT INTO process_intelligence_log_event
               (log_id, definition_id, company_id, case_key, activity, ts, line, resource, attributes)
        SELECT %s, %s, %s, 'C' || c, activity, ts, row_number() OVER (ORDER BY c, p), who, attributes
          FROM ({told}) AS told ORDER BY c, p LIMIT %s''',
        [log.id, definition.id, env.company.id, count])
    cr.execute("SELECT count(DISTINCT case_key) FROM process_intelligence_log_event WHERE log_id = %s", [log.id])
    log._set_state("done", {"event_count": count, "case_count": cr.fetchone()[0], "progress": 100})
    definition._mark_stale()
    return definition

def ledger_of(count):
    other = env["res.company"].create({"name": "Other"})
    one = env["res.partner"].create({"name": "Case", "company_id": env.company.id})
    env.flush_all()
    cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'"
               " AND column_name NOT IN ('id', 'company_id') AND is_generated = 'NEVER'")
    columns = ", ".join(f'"{name}"' for (name,) in cr.fetchall())
    cases = count * 14 // 100
    cr.execute(f'''INSERT INTO res_partner (company_id, {columns})
                   SELECT CASE WHEN n % 10 = 0 THEN {other.id} ELSE {env.company.id} END, {columns}
                     FROM res_partner, generate_series(1, {cases}) AS n WHERE id = {one.id}''')
    cr.execute(f'''
        INSERT INTO event_hub_event (type, activity, case_type, case_model, case_id, actor, occurred_at, recorded_at,
                                     correlation, company_id, attributes, depth, history)
        SELECT 'bench.step', activity, 'bench', 'res.partner', {one.id} + c, who, ts, ts, repeat('0', 32),
               {env.company.id}, attributes, 0, TRUE
          FROM ({EVENTS.format(cases=cases)}) AS told ORDER BY ts LIMIT {count}''')
    return Definition.create(
        {"name": "Ledger", "source": "ledger", "case_type": "bench", "company_id": env.company.id})

made["big"] = log_of("Big", count).id
made["small"] = log_of("Small", count // 10).id
made["ledger"] = ledger_of(count).id
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Reader", "login": "bench_reader",
    "group_ids": [(6, 0, [env.ref("process_intelligence.group_process_user").id])],
})
made["reader"] = user.id
cr.commit()
# As autovacuum does soon after so many rows; without figures the plans of the first build are poor.
for table in ("process_intelligence_log_event", "event_hub_event", "res_partner", "process_intelligence_stale"):
    cr.execute(f"ANALYZE {table}")
cr.commit()
while env["process_intelligence.store"]._refresh():
    cr.commit()
cr.commit()
say(made)
"""
)


def fill(place, events, seed):
    with step(f"Telling of {2 * events + events // 10:,} events and keeping them"):
        place.made = place.ask(FILL, count=events, seed=seed)
        place.tidy()
