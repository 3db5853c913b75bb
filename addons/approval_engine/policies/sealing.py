"""The global chain: seals over the decisions of all requests, and their heads kept outside the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .integrity import GENESIS, digest

# Why a seal does not hold. Wording belongs to the model.
ORDER = (
    "order"  # a seal is missing before this one, or it does not link to the one before
)
COUNT = "count"  # it does not hold the entries it says it holds
DECISION = "decision"  # a decision it covers was changed or is gone
HASH = "hash"  # the seal or its entries were changed
LEFT_OVER = "left_over"  # entries of no seal: seals at the end are missing
CHECKPOINT = "checkpoint"  # one of retention does not hold
HEAD_OTHER = "head_other"  # the head kept outside is another
HEAD_MISSING = "head_missing"  # the head kept outside names a seal that is not there


@dataclass(frozen=True)
class Seal:
    id: int
    sequence: int  # 1, 2, … without gap
    count: int  # entries of this seal
    total: int  # entries up to and with this one
    sealed_at: str  # UTC, as it is stored: YYYY-MM-DD HH:MM:SS
    previous: str
    hash: str


@dataclass(frozen=True)
class Entry:
    seal_id: int
    position: int  # 1, 2, … over all seals, without gap
    decision_id: int
    decision_hash: str
    actual: str | None = None  # hash of the decision now; None: it is gone


@dataclass(frozen=True)
class Head:
    """What is published of a seal."""

    sequence: int
    hash: str
    first: int = 0  # id of the first decision it covers; 0: not told


@dataclass(frozen=True)
class Problem:
    why: str
    sequence: int = 0  # of the seal
    decision_id: int = (
        0  # the first decision it is about; 0: unknown; negative: a checkpoint
    )
    detail: str = ""  # of a checkpoint: why it does not hold


def seal_hash(
    previous: str, sequence: int, sealed_at: str, entries: Iterable[Entry]
) -> str:
    """:return: SHA-256 over the seal before, this one's number and time, and its entries in order"""
    return digest(
        {
            "previous": previous,
            "sequence": sequence,
            "sealed_at": sealed_at,
            "entries": [[e.position, e.decision_id, e.decision_hash] for e in entries],
        }
    )


def first_problem(seals: Iterable[Seal], entries: Iterable[Entry]) -> Problem | None:
    """Walk the global chain once, holding the entries of one seal at a time.

    :param seals: by sequence
    :param entries: by position
    """
    rest: Iterator[Entry] = iter(entries)
    sequence, total, previous = 0, 0, GENESIS
    for sequence, seal in enumerate(seals, start=1):
        own = list(islice(rest, max(seal.count, 0)))
        problem = _problem_of(seal, own, sequence, total, previous)
        if problem:
            return problem
        total, previous = seal.total, seal.hash
    left = next(rest, None)
    return Problem(LEFT_OVER, sequence + 1, left.decision_id) if left else None


def _problem_of(
    seal: Seal, own: list[Entry], sequence: int, total: int, previous: str
) -> Problem | None:
    first = own[0].decision_id if own else 0
    if seal.sequence != sequence or seal.previous != previous:
        return Problem(ORDER, seal.sequence, first)
    for position, entry in enumerate(own, start=total + 1):
        if entry.seal_id != seal.id or entry.position != position:
            return Problem(COUNT, sequence, entry.decision_id)
        if entry.actual != entry.decision_hash:
            return Problem(DECISION, sequence, entry.decision_id)
    if len(own) != seal.count or not own or seal.total != total + seal.count:
        return Problem(COUNT, sequence, first)
    if seal.hash != seal_hash(seal.previous, sequence, seal.sealed_at, own):
        return Problem(HASH, sequence, first)
    return None


# --------------------------------------------------------------------------- heads


@dataclass(frozen=True)
class Outside:
    """What a file of heads says about one database."""

    heads: tuple[Head, ...] = ()
    unreadable: int = 0  # lines torn by a crash; what they told is told again
    others: frozenset[str] = frozenset()  # further databases it names


def head_line(database: str, seal: Seal, first: int) -> str:
    """:return: one line of JSON, with its end"""
    told = {
        "db": database,
        "sequence": seal.sequence,
        "count": seal.count,
        "total": seal.total,
        "previous": seal.previous,
        "hash": seal.hash,
        "sealed_at": seal.sealed_at.replace(" ", "T") + "Z",
        "first": first,
    }
    return json.dumps(told, separators=(",", ":")) + "\n"


def begin_line(database: str, moment: str) -> str:
    """:return: the line that says: from here on a new database has this name"""
    told = {"db": database, "begins": moment}
    return json.dumps(told, separators=(",", ":")) + "\n"


def parse_line(line: str) -> dict[str, Any] | None:
    """:return: what a line tells, None if it is none of ours

    Also the body of a webhook ``approval.sealed``, whose ``data`` is the head.
    """
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    if isinstance(told.get("data"), dict):
        told = told["data"]
    is_begin = isinstance(told.get("begins"), str)
    return told if is_begin or _is_head(told) else None


def _is_head(told: Mapping[str, Any]) -> bool:
    sequence = told.get("sequence")
    whole = isinstance(sequence, int) and not isinstance(sequence, bool)
    return whole and isinstance(told.get("hash"), str)


def as_head(told: Mapping[str, Any]) -> Head:
    first = told.get("first")
    return Head(told["sequence"], told["hash"], first if isinstance(first, int) else 0)


def read_heads(lines: Iterable[str], database: str) -> Outside:
    """:return: the heads of ``database``; a head that names no database is of any"""
    heads: list[Head] = []
    others: set[str] = set()
    unreadable = 0
    for line in lines:
        if not line.strip():
            continue
        told = parse_line(line)
        if told is None:
            unreadable += 1
        elif told.get("db", database) != database:
            others.add(str(told["db"]))
        elif "begins" in told:
            heads.clear()
        else:
            heads.append(as_head(told))
    return Outside(tuple(heads), unreadable, frozenset(others))


def head_problems(
    heads: Iterable[Head], inside: Mapping[int, str]
) -> tuple[Problem, ...]:
    """:param inside: ``{sequence: hash}`` of the seals in the database"""
    problems = []
    for head in heads:
        found = inside.get(head.sequence)
        if found != head.hash:
            why = HEAD_MISSING if found is None else HEAD_OTHER
            problems.append(Problem(why, head.sequence, head.first))
    return tuple(problems)
