"""Progress lines on stderr, so that stdout stays free for results."""

import contextlib
import sys
import time

_started = time.monotonic()


def say(text):
    """Print one line with the seconds since the command began."""
    print(f"[{time.monotonic() - _started:5.0f} s] {text}", file=sys.stderr, flush=True)


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
    """Rewrites one line on a terminal; says every quarter elsewhere."""

    def __init__(self, text, total):
        self._text = text
        self._total = max(total, 1)
        self._done = 0
        self._shown = -1
        self._terminal = sys.stderr.isatty()

    def add(self, amount):
        self._done += amount
        percent = min(100, 100 * self._done // self._total)
        if self._terminal and percent != self._shown:
            end = "\n" if percent == 100 else ""
            print(f"\r          {self._text}: {percent} %", end=end, file=sys.stderr)
            sys.stderr.flush()
        elif (
            not self._terminal
            and percent // 25 > self._shown // 25
            and self._shown >= 0
        ):
            say(f"{self._text}: {percent} %")
        self._shown = percent
