"""The inbox filled by SQL, as the door fills it, and drained by the server's Scheduled Actions."""

import hashlib
import json
import time
import zlib

from psycopg2.extras import Json, execute_values

from .bench_site import event
from .errors import SetupError

LANES = 4  # of event_hub
LOOK = 0.1  # seconds
STUCK = 180  # seconds in which nothing is worked off
INSERT = """
    INSERT INTO event_hub_message (source_id, external_id, body, body_sha256, headers, scheme, content_type,
                                   lane, state, attempts, next_try_at, correlation, received_at) VALUES %s"""
MESSAGES_WAIT = "SELECT count(*) FROM event_hub_message WHERE state = 'received'"
RUNS_WAIT = "SELECT count(*) FROM event_hub_run WHERE state = 'pending'"
FAULTS = """
    SELECT (SELECT count(*) FROM event_hub_message WHERE state NOT IN ('received', 'processed')),
           (SELECT count(*) FROM event_hub_run WHERE state NOT IN ('pending', 'done'))"""
WAKE = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT cron.id, date_trunc('second', now() AT TIME ZONE 'UTC')
      FROM ir_cron cron JOIN ir_model_data data ON data.model = 'ir.cron' AND data.res_id = cron.id
     WHERE data.module = 'event_hub' AND data.name LIKE 'ir_cron_process_messages%'"""
CONTENT_TYPE = "application/cloudevents+json"
PAGE = 1000


def fill(place, count, event_type):
    """Put messages into the inbox; nobody is told yet."""
    [(source,)] = place.rows("SELECT id FROM event_hub_source WHERE code = 'bench'")
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    with place.connection, place.connection.cursor() as cursor:
        for first in range(0, count, PAGE):
            rows = [
                _row(source, now, event(number, event_type))
                for number in range(first, min(first + PAGE, count))
            ]
            execute_values(cursor, INSERT, rows, page_size=PAGE)
    place.rows("ANALYZE event_hub_message")  # autovacuum would, a minute later


def _row(source, now, told):
    body = json.dumps(told)
    headers = {
        "content-type": CONTENT_TYPE,
        "webhook-id": f"msg_{told['id']}",
        "webhook-timestamp": str(int(time.time())),
        "user-agent": "bench",
    }
    return (
        *(source, f"msg_{told['id']}", body, hashlib.sha256(body.encode()).hexdigest()),
        *(Json(headers), "standard", CONTENT_TYPE),
        zlib.crc32(told["subject"].encode()) % LANES,
        *("received", 0, now, told["id"], now),
    )


def wake(place):
    place.rows(WAKE)
    other = place.connect("postgres")
    try:
        with other, other.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [place.database])
    finally:
        other.close()


def drain(place, running, waiting=(MESSAGES_WAIT,), each=lambda left: None, look=LOOK):
    """Wake the workers and wait until nothing waits.

    :param each: called with how many rows wait, whenever that is looked at
    :return: seconds
    """
    began = moved = time.monotonic()
    wake(place)
    last = None
    while left := sum(place.rows(sql)[0][0] for sql in waiting):
        each(left)
        running.check()
        now = time.monotonic()
        if left != last:
            last, moved = left, now
        elif now - moved > STUCK:
            raise SetupError(f"{left} rows wait and nothing moves", "see bench.log")
        time.sleep(look)
    took = time.monotonic() - began
    [faults] = place.rows(FAULTS)
    if any(faults):
        raise SetupError(
            f"{faults[0]} messages and {faults[1]} runs failed", "see bench.log"
        )
    return took
