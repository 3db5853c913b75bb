"""The sweep: over many clocks of which none is due, and over many that run out together, with their escalations."""

from . import bench_site
from .bench_support_backend import POSTGRES

SWEEP_MS = 50
BREACH_SECONDS = 10
PREPARE = """
leader = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Leader", "login": "leader", "email": "leader@bench.example",
    "group_ids": [(4, env.ref("support_visibility.group_support_manager").id)],
})
specialists = env["support_visibility.team"].create({"name": "Specialists of the bench", "sequence": 98})
storm = env["support_visibility.team"].create({"name": "Storm", "leader_id": leader.id, "sequence": 97})
Steps = env["support_visibility.escalation_step"]
for act, more in (("leader", {}), ("priority", {}), ("queue", {"to_team_id": specialists.id})):
    Steps.create({"team_id": storm.id, "moment": "broken", "act": act, **more})
env["support_visibility.sla_policy"].create({  # day and night, so that an hour back is an hour less
    "name": "Storm", "kind": "resolution", "sequence": 0, "target_minutes": 60, "team_ids": [(6, 0, storm.ids)],
})
env["res.partner"].create({"name": "Customer of the storm", "email": "storm@customer.example"})
env.cr.commit()
"""
# Rows as the ORM makes them, copied: what is measured is the look at them.
FILL = """
    def columns(table, *without):
        env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY 1", [table])
        return [name for (name,) in env.cr.fetchall() if name not in ("id", *without)]

    def copied(table, row, count, **changed):
        names = columns(table, *changed)
        env.cr.execute(
            f"INSERT INTO {table} ({', '.join([*names, *changed])}) "
            f"SELECT {', '.join(['t.' + name for name in names] + list(changed.values()))} "
            f"FROM {table} t, generate_series(1, %s) n WHERE t.id = %s RETURNING id", [count, row])
        return [i for (i,) in env.cr.fetchall()]
"""
SWEEP = (
    POSTGRES
    + FILL
    + """
    import statistics, time
    partner = env["res.partner"].search([("name", "=", "Customer of the storm")])
    team = env["support_visibility.team"].search([("name", "=", "Specialists of the bench")])
    ticket = env["support_visibility.ticket"].create({"name": "Many", "partner_id": partner.id, "team_id": team.id})
    env.flush_all()
    clock = ticket.sla_clock_ids.filtered(lambda c: c.kind == "resolution")
    copied("support_visibility_ticket", ticket.id, count, number="'M' || n")
    env.cr.execute("SELECT id FROM support_visibility_ticket WHERE number LIKE 'M%%' ORDER BY id")
    first = env.cr.fetchone()[0]
    copied("support_visibility_sla_clock", clock.id, count, ticket_id=f"{first} + n - 1",
           next_at="now() + interval '30 days' + n * interval '1 second'")
    env.cr.commit()
    env.cr.execute("SELECT count(*) FROM support_visibility_sla_clock WHERE next_at IS NOT NULL")
    open_clocks = env.cr.fetchone()[0]
    env.cr.commit()
    env.cr.execute("ANALYZE support_visibility_sla_clock")
    env.cr.execute("ANALYZE support_visibility_ticket")
    env.cr.commit()
    Clocks, found = env["support_visibility.sla_clock"], []
    for _n in range(rounds + 3):
        if _n == 3:  # the first ones warm up
            of_postgres = postgres()
        env.invalidate_all()
        cpu, began, queries = time.process_time(), time.perf_counter(), env.cr.sql_log_count
        Clocks._cron_sweep()
        found.append([(time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000,
                      env.cr.sql_log_count - queries])
    say({"open": open_clocks, "costs": [statistics.median(part) for part in zip(*found[3:])],
         "postgres": (postgres() - of_postgres) * 1000 / rounds})
"""
)
BREACH = (
    POSTGRES
    + """
    import time
    partner = env["res.partner"].search([("name", "=", "Customer of the storm")])
    team = env["support_visibility.team"].search([("name", "=", "Storm")])
    Tickets, Clocks = env["support_visibility.ticket"], env["support_visibility.sla_clock"]
    tickets = Tickets.create([
        {"name": f"Storm {n}", "partner_id": partner.id, "team_id": team.id, "impact": "1", "urgency": "1"}
        for n in range(count)
    ])
    env.flush_all()
    env.cr.execute(
        "UPDATE support_visibility_sla_clock SET started_at = started_at - interval '61 minutes', "
        "seen_until = seen_until - interval '61 minutes', due_at = due_at - interval '61 minutes', "
        "next_at = next_at - interval '61 minutes' WHERE kind = 'resolution' AND ticket_id IN %s", [tuple(tickets.ids)])
    env.cr.commit()
    env.invalidate_all()
    of_postgres = postgres()
    cpu, began, queries = time.process_time(), time.perf_counter(), env.cr.sql_log_count
    Clocks._cron_sweep()
    env.cr.commit()
    swept = time.perf_counter() - began
    events = env["event_hub.event"].search(
        [("type", "=", "support.sla_breached"), ("case_id", "in", tickets.ids)])
    Tickets.browse(events.mapped("case_id"))._sla_chain(events)
    env.cr.commit()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    of_postgres = postgres() - of_postgres
    runs = env["support_visibility.escalation_run"].search([("ticket_id", "in", tickets.ids)])
    say({"seconds": took, "swept": swept, "cpu": used, "postgres": of_postgres,
         "queries": env.cr.sql_log_count - queries, "breached": len(events),
         "done": len(runs.filtered(lambda run: run.state == "done")),
         "moved": len(tickets.filtered(lambda t: t.team_id != team))})
"""
)


def measure(place, quick, seed):
    count, rounds = (10_000, 10) if quick else (100_000, 30)
    found = place.ask(SWEEP, count=count, rounds=rounds)
    ms, python_ms, queries = found["costs"]
    cpu_ms = python_ms + found["postgres"]
    storm = 200 if quick else 1000
    burst = place.ask(BREACH, count=storm)
    cpu = burst["cpu"] + burst["postgres"]
    whole = (burst["breached"], burst["done"], burst["moved"])
    return [
        bench_site.line(
            f"sweep over {count} open clocks of which none is due",
            **{"bench": "support", "n": found["open"], "rounds": rounds, "seed": seed},
            value=round(ms, 1),
            unit="ms",
            cpu_ms=round(cpu_ms, 1),
            python_ms=round(python_ms, 1),
            postgres_ms=round(found["postgres"], 1),
            queries=queries,
            target=SWEEP_MS,
            ok=min(ms, cpu_ms) <= SWEEP_MS and found["open"] >= count,
        ),
        bench_site.line(
            f"{storm} breaches with three steps of escalation each",
            **{"bench": "support", "n": storm, "rounds": 1, "seed": seed},
            value=round(burst["seconds"], 2),
            unit="s",
            cpu_s=round(cpu, 2),
            python_s=round(burst["cpu"], 2),
            postgres_s=round(burst["postgres"], 2),
            sweep_s=round(burst["swept"], 2),
            queries=round(burst["queries"] / storm, 2),
            target=BREACH_SECONDS,
            ok=min(burst["seconds"], cpu) <= BREACH_SECONDS
            and whole == (storm, 3 * storm, storm),
        ),
    ]
