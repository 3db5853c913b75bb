"""What a signed, durable, deduplicated accept costs: the door against a bare `auth=none` route.

Both take the same bodies, in turns; the route does one INSERT. No Scheduled Action runs. The
sender shares the machine with the server and costs both sides the same.
"""

import concurrent.futures
import json
import math
import statistics
import time

from . import webhooks
from .bench_site import event, line
from .errors import SetupError
from .progress import say

CONNECTIONS = 4
TARGET_RATE = 0.75  # of the peer's
TARGET_P99 = 3.0  # times the peer's
PEER = "bare auth=none route, one INSERT"
SIDES = {"door": "/hub/v1/events/bench", "peer": "/saas_bench/insert"}


def measure(place, running, quick):
    rounds, messages = (2, 400) if quick else (5, 2000)
    measured = {side: [] for side in SIDES}
    for side in SIDES:
        _round(place, running, side, 200)  # warm up
    for number in range(rounds):
        for side in SIDES if number % 2 else reversed(SIDES):
            measured[side].append(_round(place, running, side, messages))
        say(f"accept, round {number + 1}: {_words(measured)}")
    return _lines(measured, rounds, messages)


def _round(place, running, side, count):
    """Send `count` messages over some connections; return what it took."""
    url = running.url + SIDES[side]
    batches = [
        [_message(place.secret, number) for number in range(count // CONNECTIONS)]
        for _ in range(CONNECTIONS)
    ]
    spent = running.cpu_seconds()
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        sent = [pool.submit(_send_all, url, batch) for batch in batches]
        # A sender that broke off raises here: what it did not send counts nowhere.
        latencies = [seconds for one in sent for seconds in one.result()]
    seconds = time.monotonic() - began
    return {
        "rate": len(latencies) / seconds,
        "p99": _percentile(latencies, 99) * 1000,
        "cpu": running.cpu_seconds() - spent,
    }


def _message(secret, number):
    told = event(number)
    body = json.dumps(told).encode()
    return body, webhooks.headers(secret, f"msg_{told['id']}", body)


def _send_all(url, batch):
    """:return: seconds of each message

    :raise SetupError: if one is not accepted
    """
    sender, latencies = webhooks.Sender(url, ""), []
    try:
        for body, headers in batch:
            began = time.monotonic()
            status, answer = sender.send_raw(body, headers)
            latencies.append(time.monotonic() - began)
            if status != 202:
                raise SetupError(
                    f"a message was answered {status}: {answer}", "see bench.log"
                )
    finally:
        sender.close()
    return latencies


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
    lines = []
    for name, key, unit, target in (
        ("accept", "rate", "messages/s", TARGET_RATE),
        ("accept_p99", "p99", "ms", TARGET_P99),
    ):
        value, peer = _median(measured, "door", key), _median(measured, "peer", key)
        # Of rounds side by side: what else the machine does changes from minute to minute.
        ratio = statistics.median(
            ours[key] / theirs[key]
            for ours, theirs in zip(measured["door"], measured["peer"], strict=True)
        )
        lines.append(
            line(
                name,
                n=messages,
                rounds=rounds,
                value=round(value, 1),
                unit=unit,
                cpu_s=round(_median(measured, "door", "cpu"), 2),
                peer=PEER,
                peer_value=round(peer, 1),
                peer_cpu_s=round(_median(measured, "peer", "cpu"), 2),
                ratio=round(ratio, 3),
                target=target,
                ok=ratio >= target if key == "rate" else ratio <= target,
            )
        )
    return lines
