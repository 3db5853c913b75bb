"""scripts/bench hub: what a signed, durable, deduplicated accept costs.

A server with two workers and no cron threads, on the durable cluster; the door and a bare
`auth=none` route with one INSERT take the same bodies, in turns. The sender shares
the machine with the server and costs both sides the same.
"""

import contextlib
import json
import math
import os
import statistics
import threading
import time
import uuid
from pathlib import Path

from . import addons, config, cpu, databases, machine, paths, postgres, webhooks
from .errors import SetupError
from .progress import say, step
from .server import Server

BENCH_ADDONS = paths.SCRIPTS / "bench_addons"
WORKERS = 2
CONNECTIONS = 4
TARGET_RATE = 0.75  # of the peer's
TARGET_P99 = 3.0  # times the peer's
PEER = "bare auth=none route, one INSERT"
MAKE_SOURCE = """
user = env["res.users"].create({
    "name": "Bench", "login": "bench",
    "group_ids": [(6, 0, [env.ref("base.group_user").id,
                          env.ref("event_hub.group_hub_service").id])],
})
source = env["event_hub.source"].create({
    "code": "bench", "name": "Bench", "user_id": user.id,
    "rate_per_second": 1000000, "rate_burst": 1000000,
})
secret = source.action_rotate_secret()["secret"]
env.cr.commit()
print("@secret@" + secret)
"""


def main(quick):
    rounds, messages = (2, 400) if quick else (5, 2000)
    with machine.running("serve", durable=True) as ready, _server(ready) as door:
        measured = {"door": [], "peer": []}
        _round(door, "peer", 200)  # warm up
        _round(door, "door", 200)
        for number in range(rounds):
            for side in ("door", "peer") if number % 2 else ("peer", "door"):
                measured[side].append(_round(door, side, messages))
            say(f"round {number + 1}: " + _words(measured))
    lines = _lines(measured, rounds, messages)
    for line in lines:
        print(json.dumps(line), flush=True)
    return 0 if all(line["ok"] for line in lines) else 1


@contextlib.contextmanager
def _server(ready):
    """Yield {"door": (url, headers of a body), "peer": ..., "pids": [...]}."""
    database = f"saas_bench_{os.getpid()}"
    data = paths.ensure(paths.state() / "data/bench")
    port = config.free_port()
    options = {
        "data_dir": str(data),
        "db_name": database,
        "dbfilter": f"^{database}$",
        "http_port": str(port),
        "gevent_port": str(config.free_port()),
        "workers": str(WORKERS),
        "max_cron_threads": "0",
        "log_level": "warn",
    }
    ready = ready.write_conf(f"bench-{os.getpid()}", options, addons=[BENCH_ADDONS])
    try:
        outside = addons.outside_dependencies(addons.names())  # as in the cache
        databases.create_base(ready.hasty(), database, data, outside)
        with step("Installing event_hub and the peer"):
            _checked(
                ready, "-i", "event_hub,saas_bench", "--stop-after-init", "--no-http"
            )
            answer = _checked(ready, "shell", "--no-http", stdin=MAKE_SOURCE)
        secret = answer.partition("@secret@")[2].split()[0]
        server = Server(ready, port, paths.state() / "bench.log")
        try:
            server.wait_until_it_answers()
            base = f"http://127.0.0.1:{port}"
            postmaster = Path(ready.env[postgres.EMBEDDED]) / "postmaster.pid"
            yield {
                "door": (f"{base}/hub/v1/events/bench", secret),
                "peer": (f"{base}/saas_bench/insert", secret),
                "pids": [server.pid, int(postmaster.read_text().split()[0])],
            }
        finally:
            server.stop()
    finally:
        databases.drop(ready, database, data)
        Path(ready.env["ODOO_RC"]).unlink(missing_ok=True)


def _checked(ready, *args, stdin=""):
    done = ready.run(
        ready.odoo_command(*args), input=stdin, text=True, capture_output=True
    )
    if done.returncode:
        raise SetupError(
            f"the bench cannot be prepared: {done.stderr[-400:]}", "see above"
        )
    return done.stdout


def _round(door, side, count):
    """Send `count` messages over some connections; return what it took."""
    url, secret = door[side]
    batches = [
        [_message(secret) for _ in range(count // CONNECTIONS)]
        for _ in range(CONNECTIONS)
    ]
    latencies, refused = [], []
    threads = [
        threading.Thread(target=_send_all, args=(url, batch, latencies, refused))
        for batch in batches
    ]
    spent = sum(map(cpu.tree_seconds, door["pids"]))
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    if refused:
        raise SetupError(
            f"{len(refused)} messages were refused: {refused[0]}", "see bench.log"
        )
    return {
        "rate": len(latencies) / seconds,
        "p99": _percentile(latencies, 99) * 1000,
        "cpu": sum(map(cpu.tree_seconds, door["pids"])) - spent,
    }


def _message(secret):
    identity = uuid.uuid4().hex
    event = {
        "specversion": "1.0",
        "id": identity,
        "source": "https://billing.example",
        "type": "billing.payment_failed",
        "subject": "ACC-001",
        "data": {
            "invoice": identity[:8],
            "amount": 120.5,
            "currency": "EUR",
            "attempt": 1,
        },
    }
    body = json.dumps(event).encode()
    return body, webhooks.headers(secret, f"msg_{identity}", body)


def _send_all(url, batch, latencies, refused):
    sender = webhooks.Sender(url, "")
    for body, headers in batch:
        began = time.monotonic()
        status, answer = sender.send_raw(body, headers)
        latencies.append(time.monotonic() - began)
        if status != 202:
            refused.append((status, answer))
    sender.close()


def _percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100) - 1)]


def _median(measured, side, key):
    return statistics.median(found[key] for found in measured[side])


def _words(measured):
    return ", ".join(
        f"{side} {found[-1]['rate']:.0f}/s p99 {found[-1]['p99']:.0f} ms"
        for side, found in measured.items()
    )


def _lines(measured, rounds, messages):
    shared = {"bench": "hub", "n": messages, "rounds": rounds, "peer": PEER}
    shared["cpu_s"] = round(_median(measured, "door", "cpu"), 2)
    shared["peer_cpu_s"] = round(_median(measured, "peer", "cpu"), 2)
    lines = []
    for name, key, unit, target in (
        ("accept", "rate", "messages/s", TARGET_RATE),
        ("accept_p99", "p99", "ms", TARGET_P99),
    ):
        value, peer = _median(measured, "door", key), _median(measured, "peer", key)
        ratio = value / peer
        ok = ratio >= target if key == "rate" else ratio <= target
        lines.append(
            shared
            | {
                "name": name,
                "value": round(value, 1),
                "unit": unit,
                "peer_value": round(peer, 1),
                "ratio": round(ratio, 3),
                "target": target,
                "ok": ok,
            }
        )
    return lines
