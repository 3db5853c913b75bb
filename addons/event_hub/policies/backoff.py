"""When to try again, and when to give up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MAX_ATTEMPTS = 5
BASE_SECONDS = 5.0
CAP_SECONDS = 900.0


@dataclass(frozen=True)
class RetryDecision:
    dead: bool
    next_try_at: datetime | None  # naive UTC; None if dead


def decide_retry(
    *,
    attempts: int,
    now: datetime,
    random: float,
    max_attempts: int = MAX_ATTEMPTS,
    base: float = BASE_SECONDS,
    cap: float = CAP_SECONDS,
) -> RetryDecision:
    """Full jitter: a random part of a wait that doubles, so that failures do not march in step.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    :param attempts: failed tries so far, this one included
    :param random: uniform in [0, 1)
    """
    if attempts >= max_attempts:
        return RetryDecision(True, None)
    ceiling = min(cap, base * 2 ** (attempts - 1))
    return RetryDecision(False, now + timedelta(seconds=random * ceiling))
