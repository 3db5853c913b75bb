"""Lanes that wait for nothing, and a long queue: what they cost in CPU time and memory."""

import time
from pathlib import Path

from . import bench_inbox
from .bench_site import PLAIN, line
from .cpu import tree
from .progress import say

SETTLE = 65  # seconds; by then each Scheduled Action has run once in each worker
IDLE = 60  # seconds; each lane looks once a minute by itself
TARGET_IDLE = 1.0  # percent of one core
TARGET_TENTHS = 0.8  # rate of the last tenth of a queue to that of the first
TARGET_MB = 100
LOOK = 0.5  # seconds


def measure(place, running, quick):
    place.tidy()
    yield _idle(running)
    yield from _long_queue(place, running, 10000 if quick else 100000)


def _idle(running):
    time.sleep(SETTLE)
    spent = running.cpu_seconds()
    time.sleep(IDLE)
    spent = running.cpu_seconds() - spent
    percent = spent / IDLE * 100
    return line(
        "idle",
        n=IDLE,
        rounds=1,
        value=round(percent, 2),
        unit="% of a core",
        cpu_s=round(spent, 2),
        target=TARGET_IDLE,
        ok=percent < TARGET_IDLE,
    )


class _Watch:
    """Looks at time, CPU seconds and memory while the queue gets shorter."""

    def __init__(self, running):
        self._running = running
        self.before = self.most = memory_mb(running.server_pid)
        self.seen = []  # (rows left, moment, CPU seconds)

    def look(self, left):
        self.seen.append((left, time.monotonic(), self._running.cpu_seconds()))
        self.most = max(self.most, memory_mb(self._running.server_pid))

    def between(self, more, less):
        """:return: rows per second and per CPU second while the queue went from ``more`` to ``less``"""
        inside = [one for one in self.seen if less <= one[0] <= more]
        (first, began, spent), (last, ended, spent_at_end) = inside[0], inside[-1]
        rows = first - last
        return rows / (ended - began), rows / max(spent_at_end - spent, 0.01)


def _long_queue(place, running, count):
    say(f"Filling the inbox with {count} messages")
    bench_inbox.fill(place, count, PLAIN)
    watch = _Watch(running)
    spent = running.cpu_seconds()
    seconds = bench_inbox.drain(place, running, each=watch.look, look=LOOK)
    watch.look(0)
    spent = running.cpu_seconds() - spent
    say(f"{count} messages in {seconds:.0f} s, {spent:.0f} CPU seconds")
    first, first_by_cpu = watch.between(count, count * 0.9)
    last, last_by_cpu = watch.between(count * 0.1, 0)
    ratio, cpu_ratio = last / first, last_by_cpu / first_by_cpu
    yield line(
        "long_queue",
        n=count,
        rounds=1,
        value=round(last, 1),
        unit="events/s in the last tenth",
        cpu_s=round(spent, 1),
        peer="the first tenth",
        peer_value=round(first, 1),
        ratio=round(ratio, 3),
        cpu_ratio=round(cpu_ratio, 3),
        target=TARGET_TENTHS,
        ok=max(ratio, cpu_ratio) >= TARGET_TENTHS,
    )
    growth = watch.most - watch.before
    yield line(
        "long_queue_memory",
        n=count,
        rounds=1,
        value=round(growth, 1),
        unit="MB more at the most",
        cpu_s=round(spent, 1),
        target=TARGET_MB,
        ok=growth < TARGET_MB,
    )


def memory_mb(pid):
    """Of a process and all below it, memory that they share counted once."""
    total = 0
    for number in tree(pid):
        try:
            text = Path(f"/proc/{number}/smaps_rollup").read_text()
        except OSError:
            continue  # it ended meanwhile
        total += next(
            int(row.split()[1]) for row in text.splitlines() if row.startswith("Pss:")
        )
    return total / 1024
