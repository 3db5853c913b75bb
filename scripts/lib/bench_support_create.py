"""Tickets that people create: one with all that is promised about it, and many at once.

The peer is ``saas_bench.ticket``: the work that OCA helpdesk_mgmt gives the ORM when a ticket is created. The last
branch of it with code is 16.0, which no Odoo 19 installs, so its work is done by an addon of the bench. It keeps no
clocks, tells no ledger and gives nothing out.
"""

from . import bench_site
from .bench_support_backend import POSTGRES

QUERIES = 25  # of one ticket
EACH = 5  # of each of many
AGENTS = 5
PEER = "ORM work of OCA helpdesk_mgmt 16.0"
PREPARE = f"""
agents = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": f"Agent {{n}}", "login": f"agent{{n}}", "email": f"agent{{n}}@bench.example",
      "group_ids": [(4, env.ref("support_visibility.group_support_user").id)]}}
    for n in range({AGENTS})
])
env["support_visibility.agent"].create([{{"user_id": agent.id, "capacity": 10**6}} for agent in agents])
env["support_visibility.team"].create({{
    "name": "Bench", "assignment": "least_loaded", "member_ids": [(6, 0, agents.ids)], "sequence": 99,
}})
customer = env["res.partner"].create({{"name": "Customer of the bench", "is_company": True}})
env["res.partner"].create([
    {{"name": f"Caller {{n}}", "parent_id": customer.id, "email": f"caller{{n}}@customer.example"}} for n in range(50)
])
env.cr.commit()
"""
MEASURE = (
    POSTGRES
    + """
    import gc, statistics, time
    agent = env["res.users"].search([("login", "=", "agent0")])
    team = env["support_visibility.team"].search([("name", "=", "Bench")])
    callers = env["res.partner"].search([("name", "like", "Caller")])
    Ours = env["support_visibility.ticket"].with_user(agent)
    Peer = env["saas_bench.ticket"].with_user(agent)
    theirs = env["saas_bench.ticket_team"].search([], limit=1)
    theirs.user_id = agent

    def vals(number, **more):
        words = {"name": f"Ticket {number}", "description": "It fails.", "partner_id": callers[number % 50].id}
        return words | more

    def cost(model, vals_list):
        env.invalidate_all()
        env.cr.commit()
        gc.collect()  # a request begins without the dead environments of others, which slow down each new one
        queries, of_postgres = env.cr.sql_log_count, postgres()
        cpu, began = time.process_time(), time.perf_counter()
        made = model.create(vals_list)
        env.cr.commit()
        ms, cpu = (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000
        return made, env.cr.sql_log_count - queries, cpu, ms, (postgres() - of_postgres) * 1000

    ours, peer = [], []
    for number in range(rounds + 5):
        made, *one = cost(Ours, [vals(number, team_id=team.id)])
        _none, *other = cost(Peer, [vals(number, team_id=theirs.id)])
        if number >= 5:  # the first warm up
            ours.append(one)
            peer.append(other)
    full = bool(made.user_id and made.sla_due_at and made.handoff_ids)
    found, queries, _cpu, ms, _of_postgres = cost(Ours, [vals(number, team_id=team.id) for number in range(count)])
    # ticks of PostgreSQL's clock are too coarse for a median
    middle = lambda costs: [
        (statistics.mean if at == 3 else statistics.median)(part) for at, part in enumerate(zip(*costs))
    ]
    say({"ours": middle(ours), "most": max(one[0] for one in ours), "peer": middle(peer), "full": full,
         "many": [queries / count, ms / count], "given": len(found.filtered("user_id"))})
"""
)


def measure(place, quick, seed):
    rounds, count = (20, 200) if quick else (100, 1000)
    found = place.ask(MEASURE, rounds=rounds, count=count)
    queries, python, ms, of_postgres = found["ours"]
    theirs, their_python, their_ms, their_postgres = found["peer"]
    cpu, their_cpu = python + of_postgres, their_python + their_postgres
    each, each_ms = found["many"]
    one = {"bench": "support", "n": 1, "rounds": rounds, "seed": seed}
    faster = max(their_ms / ms, their_cpu / cpu)
    return [
        bench_site.line(
            "create a ticket with policy, clocks, event and assignment, nothing in memory",
            **one,
            value=found["most"],
            unit="queries",
            ms=round(ms, 1),
            cpu_ms=round(cpu, 1),
            python_ms=round(python, 1),
            postgres_ms=round(of_postgres, 1),
            target=QUERIES,
            ok=found["most"] <= QUERIES and found["full"],
        ),
        bench_site.line(
            "create a ticket, time beside the peer's",
            **one,
            value=round(ms, 1),
            unit="ms",
            cpu_ms=round(cpu, 1),
            peer=PEER,
            peer_value=round(their_ms, 1),
            peer_cpu_ms=round(their_cpu, 1),
            peer_python_ms=round(their_python, 1),
            peer_queries=theirs,
            queries=queries,
            ratio=round(faster, 2),
            target=1,
            ok=faster > 1,
        ),
        bench_site.line(
            f"create {count} tickets at once, queries each",
            **{"bench": "support", "n": count, "rounds": 1, "seed": seed},
            value=round(each, 3),
            unit="queries",
            ms=round(each_ms, 2),
            target=EACH,
            ok=each <= EACH and found["given"] == count,
        ),
    ]
