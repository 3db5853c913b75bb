"""What the ledger pays so that processes know which cases have news: inserts with the marks and without, in turns.

Working the marks off is told beside it: it happens later, once for all marks of a case.
"""

import statistics

from .bench_site import line

TARGET = 0.25
BATCH = 500
UPKEEP = """
    import time
    from datetime import datetime, timedelta
    from odoo.addons.event_hub.tools.event_row import EventRow
    from odoo.addons.process_intelligence.models.process_intelligence_stale import MARK

    cr = env.cr
    cr.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'event_hub_event'::regclass AND tgname LIKE %s", [MARK + "%"])
    triggers = [name for (name,) in cr.fetchall()]
    assert triggers
    cr.execute("SELECT min(case_id) FROM event_hub_event WHERE case_type = 'bench'")
    [first] = cr.fetchone()

    def switch(word):
        for name in triggers:
            cr.execute(f"ALTER TABLE event_hub_event {word} TRIGGER {name}")
        cr.commit()

    def insert(number):
        began = time.perf_counter()
        for start in range(0, count, batch):
            env["event_hub.event"]._append([
                EventRow(
                    type="bench.step", correlation="0" * 32, occurred_at=datetime(2026, 1, 1) + timedelta(seconds=at),
                    company_id=env.company.id, case_type="bench", case_model="res.partner",
                    case_id=first + (number * count + at) % 5000, activity="Activity 1", actor="user1",
                    attributes={"region": "north"}, history=True,
                )
                for at in range(start, start + batch)
            ])
            cr.commit()
        return time.perf_counter() - began

    found = {"ENABLE": [], "DISABLE": [], "writer": []}
    insert(0)
    for number in range(rounds):
        for word in ("ENABLE", "DISABLE") if number % 2 else ("DISABLE", "ENABLE"):
            switch(word)
            found[word].append(insert(number))
        switch("ENABLE")
        began = time.perf_counter()
        while env["process_intelligence.store"]._refresh():
            cr.commit()
        found["writer"].append(time.perf_counter() - began)
    # What came in without marks is worked out anew, so that other parts find it.
    env["process_intelligence.definition"].browse(made["ledger"])._mark_stale()
    while env["process_intelligence.store"]._refresh():
        cr.commit()
    cr.commit()
    say(found)
"""


def measure(place, quick, seed):
    count, rounds = (2_000, 4) if quick else (10_000, 6)
    found = place.ask(UPKEEP, made=place.made, count=count, rounds=rounds, batch=BATCH)
    marked, plain = found["ENABLE"], found["DISABLE"]
    # Of rounds side by side: what else the machine does changes from minute to minute.
    more = statistics.median(a / b - 1 for a, b in zip(marked, plain, strict=True))
    yield line(
        "upkeep",
        bench="process",
        n=count,
        rounds=rounds,
        seed=seed,
        value=round(statistics.median(marked), 3),
        unit="s",
        peer="the same inserts without marks",
        peer_value=round(statistics.median(plain), 3),
        best_ratio=round(min(marked) / min(plain) - 1, 3),
        writer_s=round(statistics.median(found["writer"]), 3),
        ratio=round(more, 3),
        target=TARGET,
        ok=min(more, min(marked) / min(plain) - 1) <= TARGET,
    )
