"""When a delivery is tried again, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

PENDING = "pending"  #: waits for its next try
DELIVERED = "delivered"  #: the receiver answered 2xx
DEAD = "dead"  #: given up; a person may try again

STATES = [(PENDING, "Pending"), (DELIVERED, "Delivered"), (DEAD, "Dead")]
TRANSITIONS: dict[str, frozenset[str]] = {
    PENDING: frozenset({PENDING, DELIVERED, DEAD}),
    DELIVERED: frozenset(),
    DEAD: frozenset({PENDING}),
}

# Waits after the first, second, ... try, as Standard Webhooks suggests; 75 h 35 min in all.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_TRIES = len(WAITS) + 1
JITTER = (
    0.1  # share of the wait that is added at random, so that receivers do not see waves
)
MAX_RETRY_AFTER = timedelta(hours=24)  # a receiver may not park us for longer

FAILING_DAYS = (
    5  # in a row, each with tries and none that arrived: the endpoint is disabled
)

# What went wrong, when it did.
REDIRECT, GONE, REFUSED_ADDRESS, HTTP_ERROR, NO_ANSWER = (
    "redirect",
    "gone",
    "address",
    "http",
    "no_answer",
)


@dataclass(frozen=True)
class Answer:
    """What came back from one try.

    ``status`` is None when nothing did; ``refused`` then tells that we did not even connect.
    """

    status: int | None
    retry_after: str | None = None  # raw header
    refused: bool = False


@dataclass(frozen=True)
class Outcome:
    state: str
    problem: str | None = None  # one of the constants above; None when delivered
    next_try_at: datetime | None = None  # naive UTC; only when pending
    disable_endpoint: bool = False


def wait_after(tries: int, jitter: float) -> timedelta:
    """The wait after the ``tries``-th failed try (1 = the first).

    :param jitter: a random number in [0, 1)
    """
    base = WAITS[min(max(tries, 1), len(WAITS)) - 1]
    return base * (1 + JITTER * jitter)


def parse_retry_after(raw: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date, capped at a day; None if absent, in the past or not understood."""
    if not raw:
        return None
    text = raw.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), MAX_RETRY_AFTER.total_seconds()))
    else:
        try:
            at = parsedate_to_datetime(text)
            at = at.astimezone(timezone.utc).replace(tzinfo=None) if at.tzinfo else at
            wait = at - now
        except (TypeError, ValueError, OverflowError):
            return None
    return min(wait, MAX_RETRY_AFTER) if wait > timedelta(0) else None


def decide(answer: Answer, *, tries: int, now: datetime, jitter: float) -> Outcome:
    """What one try led to.

    :param tries: how many tries there were, this one included
    :param now: naive UTC
    """
    status = answer.status
    if status is not None and 200 <= status < 300:
        return Outcome(DELIVERED)
    if status == 410:
        return Outcome(DEAD, GONE, disable_endpoint=True)
    problem = _problem(answer)
    if tries >= MAX_TRIES:
        return Outcome(DEAD, problem)
    wait = wait_after(tries, jitter)
    asked = parse_retry_after(answer.retry_after, now) if status in (429, 503) else None
    return Outcome(PENDING, problem, now + max(wait, asked or timedelta(0)))


def _problem(answer: Answer) -> str:
    if answer.refused:
        return REFUSED_ADDRESS
    if answer.status is None:
        return NO_ANSWER
    return REDIRECT if 300 <= answer.status < 400 else HTTP_ERROR


def failed_for_days(days: Mapping[date, bool], today: date) -> bool:
    """Was the receiver tried on each of the last ``FAILING_DAYS`` days, and never with success?

    :param days: for each day with a try, whether any arrived
    """
    last = [today - timedelta(days=back) for back in range(FAILING_DAYS)]
    return all(days.get(day) is False for day in last)


def parse_moment(text: str) -> datetime:
    """:return: naive UTC; without a zone, ``text`` is UTC already

    :raise ValueError: if it is no time in ISO 8601
    """
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    try:
        return (
            moment.astimezone(timezone.utc).replace(tzinfo=None)
            if moment.tzinfo
            else moment
        )
    except OverflowError as error:
        raise ValueError(text) from error
