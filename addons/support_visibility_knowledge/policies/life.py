"""The life of an article: which moves exist, and who may publish what somebody wrote."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

DRAFT = "draft"  #: being written
REVIEW = "review"  #: waits for somebody else to read it
PUBLISHED = "published"  #: found by those it is for
OUTDATED = "outdated"  #: no longer true; kept, and not found
ARCHIVED = "archived"  #: put away

STATES = [
    (DRAFT, "Draft"),
    (REVIEW, "In Review"),
    (PUBLISHED, "Published"),
    (OUTDATED, "Outdated"),
    (ARCHIVED, "Archived"),
]

MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({REVIEW, ARCHIVED}),
    REVIEW: frozenset({DRAFT, PUBLISHED}),
    PUBLISHED: frozenset({OUTDATED, ARCHIVED}),
    OUTDATED: frozenset({DRAFT, PUBLISHED, ARCHIVED}),
    ARCHIVED: frozenset({DRAFT}),
}

INTERNAL = "internal"
CUSTOMERS = "customers"
PUBLIC = "public"
VISIBILITIES = [
    (INTERNAL, "Our People"),
    (CUSTOMERS, "Customers with a Login"),
    (PUBLIC, "Everybody"),
]
#: what each kind of reader finds
SEEN_BY: dict[str, tuple[str, ...]] = {
    INTERNAL: (INTERNAL, CUSTOMERS, PUBLIC),
    CUSTOMERS: (CUSTOMERS, PUBLIC),
    PUBLIC: (PUBLIC,),
}

REVIEW_DAYS = 180  # an article is read again after half a year


def may_move(source: str, target: str) -> bool:
    return target in MOVES.get(source, frozenset())


def may_publish(
    reviewer: str, authors: Collection[str], reviewers: Collection[str]
) -> bool:
    """Nobody reviews what he wrote himself while somebody else could.

    :param reviewer: the person who wants to publish, as one name for all logins of a person
    :param authors: who wrote any of the words that are new
    :param reviewers: everybody who may publish it
    """
    if reviewer not in authors:
        return True
    return not set(reviewers) - set(authors)


def next_review(today: date) -> date:
    return today + timedelta(days=REVIEW_DAYS)


def is_due(state: str, due: date | None, today: date) -> bool:
    return state == PUBLISHED and due is not None and due <= today
