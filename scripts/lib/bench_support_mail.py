"""Mail that becomes tickets: through the parser and the gateway, one transaction each."""

from . import bench_site

TARGET = 20  # mails a second
ACCOUNTS = 1000
PREPARE = f"""
domain = env["mail.alias.domain"].create({{"name": "bench.example"}})
env.company.alias_domain_id = domain
team = env["support_visibility.team"].search([], limit=1)
team.write({{"alias_name": "help", "alias_domain_id": domain.id}})
accounts = env["res.partner"].create([
    {{"name": f"Account {{n}}", "is_company": True}} for n in range({ACCOUNTS})
])
env["res.partner"].create([
    {{"name": f"Person {{n}}", "parent_id": account.id, "email": f"person{{n}}@account{{n}}.example"}}
    for n, account in enumerate(accounts)
])
env.cr.commit()
"""
MEASURE = """
    import email.message, os, random, time
    random.seed(seed)
    Mail = env["mail.thread"]
    tick = os.sysconf("SC_CLK_TCK")
    env.cr.execute("SELECT pg_backend_pid()")
    backend = env.cr.fetchone()[0]

    def postgres():  # CPU seconds of this connection's process; 0 if PostgreSQL runs elsewhere
        try:
            with open(f"/proc/{backend}/stat") as stat:
                return sum(map(int, stat.read().rpartition(")")[2].split()[11:13])) / tick
        except OSError:
            return 0.0

    def mail(number):
        at = random.randrange(accounts)
        # a contact, a colleague known by the domain, a stranger
        sender = random.choice((f"person{at}@account{at}", f"new{number}@account{at}", f"x{number}@else{number}"))
        told = email.message.EmailMessage()
        told["From"] = f"Person {number} <{sender}.example>"
        told["To"] = "help@bench.example"
        told["Subject"] = f"Export {number} fails"
        told["Message-ID"] = f"<{number}.{seed}@bench>"
        told.set_content("It fails since noon. " * 40)
        told.add_alternative("<p>" + "It fails since noon. " * 40 + "</p>", subtype="html")
        if number % 5 == 0:
            told.add_attachment(b"x" * 20000, maintype="image", subtype="png", filename="shot.png")
        return told.as_bytes()

    def take(raw):
        Mail.message_process(False, raw)
        env.cr.commit()

    for number in range(20):  # warms up
        take(mail(-number - 1))
    mails = [mail(number) for number in range(count)]
    Tickets = env["support_visibility.ticket"]
    before, queries = Tickets.search_count([]), env.cr.sql_log_count
    cpu, of_postgres, began = time.process_time(), postgres(), time.perf_counter()
    for raw in mails:
        take(raw)
    say({
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu + postgres() - of_postgres,
        "queries": (env.cr.sql_log_count - queries) / count,
        "made": Tickets.search_count([]) - before,
    })
"""


def measure(place, quick, seed):
    count = 100 if quick else 500
    found = place.ask(MEASURE, count=count, seed=seed, accounts=ACCOUNTS)
    value, by_cpu = count / found["seconds"], count / found["cpu"]
    return [
        bench_site.line(
            "mails become tickets, one transaction each",
            **{"bench": "support", "n": count, "rounds": 1, "seed": seed},
            value=round(value, 1),
            unit="mails/s",
            cpu_s=round(found["cpu"], 2),
            value_by_cpu=round(by_cpu, 1),
            queries=round(found["queries"], 1),
            target=TARGET,
            ratio=round(max(value, by_cpu) / TARGET, 3),
            ok=max(value, by_cpu) >= TARGET and found["made"] == count,
        )
    ]
