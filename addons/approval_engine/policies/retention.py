"""What is deleted after years, and the checkpoints that keep the chain of seals verifying without it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .integrity import GENESIS, canonical_json, digest

MIN_YEARS = 1
MOST_YEARS = 100
YEAR = timedelta(days=365)
TIME = "%Y-%m-%d %H:%M:%S"  # UTC, as it is stored

# Why a checkpoint does not hold. Wording belongs to the model.
NUMBER = "number"  # one before it is missing, or it is there twice
WRITTEN = "written"  # it, or what it lists, is not as it was written
UNSEALED = "unsealed"  # no seal covers it: nobody's Scheduled Action wrote it
TOO_EARLY = "too_early"  # it covers what was not old enough
BACK = "back"  # what it says is gone is there


@dataclass(frozen=True)
class Checkpoint:
    number: int  # 1, 2, … without gap
    made_at: datetime  # naive UTC, whole seconds
    cutoff: datetime  # what went had ended before
    company_id: int
    requests: int
    decisions: int
    last_sequence: int  # of the last seal before it; 0: none
    last_hash: str  # of that seal
    digest: str  # over what went
    hash: str = ""


def checkpoint_hash(one: Checkpoint) -> str:
    return digest(
        {
            "number": one.number,
            "made_at": one.made_at.strftime(TIME),
            "cutoff": one.cutoff.strftime(TIME),
            "company": one.company_id,
            "requests": one.requests,
            "decisions": one.decisions,
            "last_sequence": one.last_sequence,
            "last_hash": one.last_hash,
            "digest": one.digest,
        }
    )


def entries_digest(entries: Iterable[tuple[int, str, int]]) -> str:
    """:param entries: (decision id, its hash, request id) in the order of the decision ids
    :return: SHA-256 over one line of JSON each, so that any number can be read in turn
    """
    found = hashlib.sha256()
    for entry in entries:
        found.update(f"{canonical_json(list(entry))}\n".encode())
    return found.hexdigest()


def cutoff(now: datetime, years: int, window_days: int) -> datetime | None:
    """:param years: how long the company keeps what ended; 0: for good
    :param window_days: longest window in which amounts of requests count together
    :return: what ended before may go; None: nothing may
    """
    if years < MIN_YEARS:
        return None
    return now - max(YEAR * years, timedelta(days=max(window_days, 0) + 1))


@dataclass(frozen=True)
class Facts:
    """What the database tells about one checkpoint, besides its row."""

    digest: str  # over its entries, recomputed
    entries: int
    sealed_hash: str | None  # what its seal entry says; None: it has none
    sealed_at: datetime | None
    sealed_sequence: int = 0
    last_hash: str | None = (
        None  # of the seal it names as the last; None: there is none
    )
    too_early: int = 0  # entries sealed after the cutoff, or not at all, or otherwise
    back: int = 0  # entries whose decision is there


def problem_of(one: Checkpoint, expected: int, facts: Facts, now: datetime) -> str:
    """:param expected: the number it should have
    :return: why it does not hold; empty if it does
    """
    if one.number != expected:
        return NUMBER
    whole = (one.digest, one.decisions) == (facts.digest, facts.entries)
    if not whole or one.hash != checkpoint_hash(one):
        return WRITTEN
    if (facts.sealed_hash, facts.sealed_at) != (one.hash, one.made_at):
        return UNSEALED
    if one.made_at > now or not _follows(one, facts):
        return UNSEALED
    if one.cutoff + YEAR * MIN_YEARS > one.made_at or facts.too_early:
        return TOO_EARLY
    return BACK if facts.back else ""


def _follows(one: Checkpoint, facts: Facts) -> bool:
    """:return: whether the seal that covers it comes right after the one it names"""
    if facts.sealed_sequence != one.last_sequence + 1:
        return False
    last = GENESIS if one.last_sequence == 0 else facts.last_hash
    return last == one.last_hash


def find_problems(
    checkpoints: Iterable[Checkpoint], facts: Mapping[int, Facts], now: datetime
) -> list[tuple[int, str]]:
    """:param checkpoints: by number
    :param facts: by number
    :return: ``[(number, why)]``
    """
    found = []
    for expected, one in enumerate(checkpoints, start=1):
        why = problem_of(one, expected, facts[one.number], now)
        if why:
            found.append((one.number, why))
    return found
