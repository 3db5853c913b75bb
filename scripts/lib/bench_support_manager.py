"""The manager's view over many tickets: all of its figures in one call."""

from . import bench_site
from .bench_support_backend import POSTGRES

TARGET = 0.5  # seconds
ROUNDS = 5
FILL = """
    import random
    random.seed(seed)
    Users = env["res.users"].with_context(no_reset_password=True)
    group = env.ref("support_visibility.group_support_user").id
    agents = Users.create([
        {"name": f"Agent {n}", "login": f"bench_agent{n}", "group_ids": [(4, group)]} for n in range(40)
    ])
    env["support_visibility.agent"].create([{"user_id": user.id, "capacity": 400} for user in agents])
    teams = env["support_visibility.team"].create([
        {"name": f"Bench {n}", "member_ids": [(6, 0, agents[n * 5:n * 5 + 5].ids)]} for n in range(8)
    ])
    account = env["res.partner"].create({"name": "Bench", "is_company": True})
    one = env["support_visibility.ticket"].create({"name": "Bench", "partner_id": account.id})
    env.flush_all()
    cr = env.cr
    cr.execute("SELECT setseed(%s)", [seed / 10000])

    def copies(table, source, rows, given):
        # rows of a table as its first one is, but for what is given
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
            [table],
        )
        names = [name for (name,) in cr.fetchall()]
        values = ", ".join(given.get(name, f'one."{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        cr.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {rows} , {table} one WHERE one.id = {source}")

    def one_of(ids):
        return f"(ARRAY{list(ids)})[1 + floor(random() * {len(ids)})::int]"

    # a third is open; the others were solved within the last 90 days
    state = "CASE WHEN n %% 3 = 0 THEN (ARRAY['new', 'open', 'waiting'])[1 + n %% 7 %% 3] ELSE 'solved' END"
    state = state.replace("%%", "%")
    ago = "now() at time zone 'UTC' - "
    copies("support_visibility_ticket", one.id, f"generate_series(1, {count}) AS n", {
        "number": "'BEN-' || n",
        "state": state,
        "team_id": one_of(teams.ids),
        "user_id": f"CASE WHEN n % 9 = 0 THEN NULL ELSE {one_of(agents.ids)} END",
        "priority": "(n % 4)::text",
        "opened_at": ago + "random() ^ 3 * interval '90 days'",
        "solved_at": f"CASE WHEN n % 3 = 0 THEN NULL ELSE {ago} random() * interval '60 days' END",
    })
    Policy = env["support_visibility.sla_policy"].search([], limit=1)
    clock = {
        "ticket_id": "t.id", "policy_id": str(Policy.id), "kind": "kinds.kind", "company_id": str(one.company_id.id),
        "target_seconds": "14400", "told_percent": "0", "running_seconds": "0", "paused_seconds": "0",
        "closed_seconds": "0",
    }
    moment = "date_trunc('second', t.opened_at)"
    clock |= {"started_at": moment, "seen_until": moment, "segments": "'[]'::jsonb"}
    clock |= {
        "state": "CASE WHEN t.state = 'solved' THEN 'met' WHEN t.state = 'waiting' THEN 'paused' ELSE 'running' END",
        "stopped_at": "t.solved_at",
        # of what runs: a tenth within the next eight hours, the rest within a week
        "due_at": f"CASE WHEN t.state = 'waiting' THEN NULL ELSE {ago} interval '1 day' + CASE WHEN t.id % 10 = 0 "
                  "THEN interval '1 day' + random() * interval '8 hours' ELSE interval '33 hours' "
                  "+ random() * interval '7 days' END END",
        "next_at": "NULL", "breached_at": "NULL", "pause_reason": "NULL", "void_reason": "NULL",
    }
    cr.execute("SELECT min(id) FROM support_visibility_sla_clock WHERE ticket_id = %s", [one.id])
    source = cr.fetchone()[0]
    tickets = "(SELECT * FROM support_visibility_ticket WHERE number LIKE 'BEN-%') t"
    kinds = "(VALUES ('first_response'), ('resolution')) AS kinds(kind)"
    copies("support_visibility_sla_clock", source, f"{tickets}, {kinds}", clock)
    # one in a hundred was broken today, after four hours of work
    cr.execute('''
        UPDATE support_visibility_sla_clock SET state = 'breached',
               breached_at = s.at, due_at = s.at, started_at = s.at - interval '4 hours', seen_until = s.at,
               running_seconds = 14400,
               segments = jsonb_build_array(jsonb_build_array(
                   to_char(s.at - interval '4 hours', 'YYYY-MM-DD"T"HH24:MI:SS'),
                   to_char(s.at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'running'))
          FROM (SELECT id, date_trunc('second', now() at time zone 'UTC' - random() * (now() at time zone 'UTC'
                       - date_trunc('day', now() at time zone 'UTC'))) AS at
                  FROM support_visibility_sla_clock c
                 WHERE id % 100 = 0 AND EXISTS (
                       SELECT 1 FROM support_visibility_ticket t WHERE t.id = c.ticket_id AND t.number LIKE 'BEN-%')) s
         WHERE s.id = support_visibility_sla_clock.id''')
    cr.execute(f'''
        INSERT INTO support_visibility_handoff
               (ticket_id, company_id, at, from_user_id, to_user_id, from_team_id, to_team_id, waiting_seconds)
        SELECT t.id, t.company_id, now() at time zone 'UTC' - random() * interval '60 days',
               CASE WHEN t.id % 2 = 0 THEN {one_of(agents.ids)} END, {one_of(agents.ids)}, t.team_id, t.team_id, 600
          FROM support_visibility_ticket t''')
    cr.commit()
    say({})
"""
MEASURE = (
    POSTGRES
    + """
    import time
    view = env["support_visibility.manager"].with_user(env.ref("base.user_admin"))
    found, rounds = view.overview(), []
    for _round in range(count):
        env.invalidate_all()
        cpu, of_postgres, began = time.process_time(), postgres(), time.perf_counter()
        queries = env.cr.sql_log_count
        found = view.overview()
        rounds.append((
            time.perf_counter() - began, time.process_time() - cpu + postgres() - of_postgres,
            env.cr.sql_log_count - queries,
        ))
    say({
        "rounds": rounds, "tickets": env["support_visibility.ticket"].search_count([]),
        "open": found["open"]["count"], "ahead": found["ahead"]["count"], "broken": found["breaches"]["count"],
        "handoffs": found["handoffs"]["count"],
    })
"""
)
PREPARE = ""


def measure(place, quick, seed):
    count = 10000 if quick else 100000
    place.ask(FILL, count=count, seed=seed)
    place.tidy()
    found = place.ask(MEASURE, count=ROUNDS)
    wall, cpu, queries = (min(each) for each in zip(*found["rounds"], strict=True))
    return [
        bench_site.line(
            "the manager's view",
            **{
                "bench": "support",
                "n": found["tickets"],
                "rounds": ROUNDS,
                "seed": seed,
            },
            value=round(wall, 3),
            unit="s",
            cpu_s=round(cpu, 3),
            queries=queries,
            open=found["open"],
            due_in_8_h=found["ahead"],
            broken_today=found["broken"],
            handoffs_today=found["handoffs"],
            target=TARGET,
            ratio=round(TARGET / min(wall, cpu or wall), 3),
            ok=min(wall, cpu or wall) <= TARGET and found["tickets"] >= count,
        )
    ]
