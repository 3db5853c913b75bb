"""What the words of an imported log mean: which column is the type, which activity is the solution.

Logs of other systems name things as they please. Only plain, common names are recognised; whatever is not recognised
is named as missing instead of guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

TYPE, REASON, PROMISE, SEGMENT, GROUP = "type", "reason", "promise", "segment", "group"
# By role, the names that say it, the clearest first; compared without case, spaces and punctuation.
COLUMNS: dict[str, tuple[str, ...]] = {
    TYPE: ("tickettype", "casetype", "type", "requesttype", "category", "subcategory"),
    REASON: ("reasonclass", "escalationreason", "escalationclass", "reason"),
    PROMISE: ("madesla", "slamet", "slakept", "withinsla"),
    SEGMENT: ("segment", "tier", "accounttier", "customersegment", "plan"),
    GROUP: ("assignmentgroup", "group", "team", "queue"),
}
NO = frozenset({"false", "no", "n", "0", "f", "breached", "missed"})
YES = frozenset({"true", "yes", "y", "1", "t", "met", "kept"})
SOLVED = re.compile(r"\b(resolved?|solved?|fixed)\b", re.IGNORECASE)
ENDED = re.compile(
    r"\b(resolved?|solved?|fixed|closed?|cancell?ed|done|completed?)\b", re.IGNORECASE
)
WAITING_FOR_FACTS = re.compile(
    r"\b(user info|customer|requester|caller|missing data|more information|evidence)\b",
    re.IGNORECASE,
)
ASKING = re.compile(r"\b(await\w*|wait\w*|pending|ask\w*|request\w*)\b", re.IGNORECASE)


def key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def column(role: str, names: Iterable[str]) -> str | None:
    """:param names: columns of the log
    :return: the one that plays this role, as it is written there; None: there is none"""
    by_key = {key(name): name for name in names}
    return next((by_key[k] for k in COLUMNS[role] if k in by_key), None)


def solved(activities: Iterable[str]) -> list[str]:
    """:return: activities that say the matter is resolved; without any, those that say it is over"""
    activities = list(activities)
    found = [name for name in activities if SOLVED.search(name)]
    return found or ended(activities)


def ended(activities: Iterable[str]) -> list[str]:
    """:return: activities after which nothing more is owed"""
    return [name for name in activities if ENDED.search(name)]


def waits_for_facts(activities: Iterable[str]) -> list[str]:
    """:return: activities in which the case waits for somebody to tell what is missing"""
    return [
        name
        for name in activities
        if ASKING.search(name) and WAITING_FOR_FACTS.search(name)
    ]
