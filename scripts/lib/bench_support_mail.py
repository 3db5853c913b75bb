"""Mail that becomes tickets: through the parser and the gateway, one transaction and one process.

The peer is the same mail to an alias of Odoo's own ``crm.lead``, in turn with ours in one run and one database: it
makes a lead and a message, no clocks, no acknowledgement, no ledger, and judges nobody. It gains from what this addon
spares every mail (headers parsed once, addresses remembered, who has no bounces).
"""

from . import bench_site
from .bench_support_backend import POSTGRES

TARGET = 20  # mails a second
PEER = "Odoo's crm.lead by its alias"
ACCOUNTS = 1000
PREPARE = f"""
domain = env["mail.alias.domain"].create({{"name": "bench.example"}})
env.company.alias_domain_id = domain
team = env["support_visibility.team"].search([], limit=1)
team.write({{"alias_name": "help", "alias_domain_id": domain.id}})
env["mail.alias"].create({{
    "alias_name": "leads", "alias_domain_id": domain.id, "alias_contact": "everyone",
    "alias_model_id": env["ir.model"]._get_id("crm.lead"),
}})
accounts = env["res.partner"].create([
    {{"name": f"Account {{n}}", "is_company": True}} for n in range({ACCOUNTS})
])
env["res.partner"].create([
    {{"name": f"Person {{n}}", "parent_id": account.id, "email": f"person{{n}}@account{{n}}.example"}}
    for n, account in enumerate(accounts)
])
env.cr.commit()
"""
MEASURE = (
    POSTGRES
    + """
    import email.message, random, time
    random.seed(seed)
    Mail = env["mail.thread"]
    def mail(number, to="help"):
        at = random.randrange(accounts)
        # a contact, a colleague known by the domain, a stranger
        sender = random.choice((f"person{at}@account{at}", f"new{number}@account{at}", f"x{number}@else{number}"))
        told = email.message.EmailMessage()
        told["From"] = f"Person {number} <{sender}.example>"
        told["To"] = f"{to}@bench.example"
        told["Subject"] = f"Export {number} fails"
        told["Message-ID"] = f"<{number}.{seed}.{to}@bench>"
        told.set_content("It fails since noon. " * 40)
        told.add_alternative("<p>" + "It fails since noon. " * 40 + "</p>", subtype="html")
        if number % 5 == 0:
            told.add_attachment(b"x" * 20000, maintype="image", subtype="png", filename="shot.png")
        return told.as_bytes()

    def take(raw):
        Mail.message_process(False, raw)
        env.cr.commit()

    def cost(raws):
        queries, of_postgres = env.cr.sql_log_count, postgres()
        cpu, began = time.process_time(), time.perf_counter()
        for raw in raws:
            take(raw)
        return [time.perf_counter() - began, time.process_time() - cpu, postgres() - of_postgres,
                env.cr.sql_log_count - queries]

    for number in range(20):  # warms up
        take(mail(-number - 1))
        take(mail(-number - 1, "leads"))
    Tickets, ours, peer = env["support_visibility.ticket"], [], []
    before = Tickets.search_count([])
    for first in range(0, count, 20):  # in turn, so that a busy moment hits both
        numbers = range(first, first + 20)
        ours.append(cost([mail(number) for number in numbers]))
        peer.append(cost([mail(number, "leads") for number in numbers]))
    say({
        "ours": [sum(part) for part in zip(*ours)], "peer": [sum(part) for part in zip(*peer)],
        "best": min(part[0] for part in ours) / 20, "made": Tickets.search_count([]) - before,
    })
"""
)


def measure(place, quick, seed):
    count = 100 if quick else 500
    found = place.ask(MEASURE, count=count, seed=seed, accounts=ACCOUNTS)
    seconds, python, of_postgres, queries = found["ours"]
    their_seconds, their_python, their_postgres, their_queries = found["peer"]
    cpu, their_cpu = python + of_postgres, their_python + their_postgres
    value, by_cpu = count / seconds, count / cpu
    return [
        bench_site.line(
            "mails become tickets, one transaction each",
            **{"bench": "support", "n": count, "rounds": 1, "seed": seed},
            value=round(value, 1),
            unit="mails/s",
            cpu_s=round(cpu, 2),
            python_s=round(python, 2),
            postgres_s=round(of_postgres, 2),
            value_by_cpu=round(by_cpu, 1),
            best_twenty=round(1 / found["best"], 1),
            queries=round(queries / count, 1),
            peer=PEER,
            peer_value=round(count / their_seconds, 1),
            peer_value_by_cpu=round(count / their_cpu, 1),
            peer_queries=round(their_queries / count, 1),
            target=TARGET,
            ratio=round(max(value, by_cpu) / TARGET, 3),
            ok=max(value, by_cpu) >= TARGET and found["made"] == count,
        )
    ]
