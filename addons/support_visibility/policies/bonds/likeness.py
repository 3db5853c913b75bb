"""Which tickets may be about the same thing, and why.

Titles are compared by the share of trigrams they have in common, as PostgreSQL's pg_trgm does: each word is lower
case, padded with two spaces before and one after, and cut into runs of three; likeness = common / all different ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

WORD = re.compile(r"\w+")
NEAR_HOURS = 48
LEAST = 0.35  # what is less alike is not worth a look
SHOWN = 5


@dataclass(frozen=True)
class Candidate:
    id: int
    title: str
    account_id: int | None
    partner_id: int | None
    category_id: int | None
    opened_at: datetime  # naive UTC
    is_open: bool = True


@dataclass(frozen=True)
class Likeness:
    id: int
    score: float  # 0 to 1
    title_percent: int
    same_person: bool
    same_category: bool
    hours_apart: float


def trigrams(text: str) -> frozenset[str]:
    found = set()
    for word in WORD.findall(text.casefold()):
        padded = f"  {word} "
        found |= {padded[at : at + 3] for at in range(len(padded) - 2)}
    return frozenset(found)


def alike(one: str, two: str) -> float:
    """:return: 0 to 1"""
    ours, theirs = trigrams(one), trigrams(two)
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def similar(ticket: Candidate, others: Iterable[Candidate]) -> list[Likeness]:
    """:return: at most ``SHOWN`` tickets of the same account that may be about the same, the likeliest first

    The title counts for 0.6, the person for 0.15, the category for 0.1, nearness in time for 0.15 (none left after
    48 hours). A title that is not alike at all is never a duplicate, whoever wrote it.
    """
    judged = [_judge(ticket, other) for other in others if _comparable(ticket, other)]
    worth = [each for each in judged if each.score >= LEAST and each.title_percent]
    return sorted(worth, key=lambda each: (-each.score, each.id))[:SHOWN]


def _comparable(ticket: Candidate, other: Candidate) -> bool:
    same = ticket.account_id == other.account_id
    return other.id != ticket.id and bool(ticket.account_id) and same


def _judge(ticket: Candidate, other: Candidate) -> Likeness:
    title = alike(ticket.title, other.title)
    person = bool(ticket.partner_id) and ticket.partner_id == other.partner_id
    category = bool(ticket.category_id) and ticket.category_id == other.category_id
    hours = abs((ticket.opened_at - other.opened_at).total_seconds()) / 3600
    near = max(0.0, 1 - hours / NEAR_HOURS)
    score = 0.6 * title + 0.15 * person + 0.1 * category + 0.15 * near
    return Likeness(
        other.id, round(score, 4), round(title * 100), person, category, hours
    )
