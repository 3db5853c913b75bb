"""Progress lines on stderr, so that stdout stays free for results."""

import contextlib
import sys
import time

SMALL = 10 * 2**20  # bytes; smaller downloads show no percentage
_started = time.monotonic()


def say(text):
    """Print one line with the seconds since the command began."""
    seconds = time.monotonic() - _started
    # in one piece: several jobs may speak at once
    print(f"[{seconds:5.0f} s] {text}\n", end="", file=sys.stderr, flush=True)


def warn(text):
    say(f"warning: {text}")


@contextlib.contextmanager
def step(text):
    """Announce a long step, and say how long it took."""
    say(f"{text} ...")
    began = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - began:.0f} s")


class Percent:
    """Says how far a download is: in place on a terminal, every quarter elsewhere."""

    def __init__(self, text, total):
        self._text = text
        self._total = max(total, 1)
        self._done = 0
        self._shown = 0
        self._terminal = sys.stderr.isatty()
        self._step = 1 if self._terminal else 25
        say(text)

    def add(self, amount):
        self._done += amount
        percent = min(100, 100 * self._done // self._total)
        if self._total < SMALL or percent // self._step <= self._shown // self._step:
            return
        self._shown = percent
        if self._terminal:
            end = "\n" if percent == 100 else ""
            print(f"\r          {percent} %", end=end, file=sys.stderr, flush=True)
        else:
            say(f"{self._text}: {percent} %")
