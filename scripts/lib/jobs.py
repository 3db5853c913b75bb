"""Jobs side by side on the processors of this machine, the longest first."""

import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .progress import say

MOST = 4  # side by side: each is an Odoo of 400 MB with its PostgreSQL and browser
PATIENCE = 20  # seconds that an interrupted command has for its clean-up


@dataclass(frozen=True)
class Job:
    """`work(output)` runs its commands with `Runner.call` and returns the jobs it made possible."""

    name: str
    seconds: float  # that it may take: the longest is begun first
    work: Callable


def processors():
    return min(MOST, len(os.sched_getaffinity(0)))


class Runner:
    """Runs jobs in some slots.

    With one slot the output is shown as it comes, with more of them that of each job in one
    piece when it ends.
    """

    def __init__(self, slots):
        self.slots = slots
        self._children = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, jobs):
        """Run these jobs and those that they return. An exception stops them all."""
        waiting, running = list(jobs), set()
        with concurrent.futures.ThreadPoolExecutor(self.slots) as pool:
            try:
                while waiting or running:
                    waiting.sort(key=lambda job: -job.seconds)
                    while waiting and len(running) < self.slots:
                        running.add(pool.submit(self._work, waiting.pop(0)))
                    done, running = concurrent.futures.wait(
                        running, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    for future in done:
                        waiting += future.result() or []
            except BaseException:
                self._stop()
                raise

    def call(self, popen, command, output, **kwargs):
        """Run a command, the job's output being its own; return its exit code."""
        with self._lock:
            if self._stopped:
                raise KeyboardInterrupt
            # a session of its own: an interrupt from the terminal reaches it once, through us
            kwargs["start_new_session"] = output is not None
            child = popen(command, stdout=output, stderr=output, **kwargs)
            self._children.add(child)
        try:
            return child.wait()
        finally:
            self._children.discard(child)

    def _work(self, job):
        if self.slots == 1:
            return job.work(None)
        with tempfile.TemporaryFile("w+") as output:
            try:
                return job.work(output)
            finally:
                self._show(job, output)

    def _show(self, job, output):
        output.seek(0, os.SEEK_END)
        with self._lock:
            if output.tell():
                output.seek(0)
                say(f"What {job.name} said:")
                shutil.copyfileobj(output, sys.stdout)
                sys.stdout.flush()

    def _stop(self):
        """Interrupt the commands that run; the jobs end with them."""
        with self._lock:
            self._stopped = True
            children = list(self._children)
        for child in children:
            child.send_signal(signal.SIGINT)
        for child in children:
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
