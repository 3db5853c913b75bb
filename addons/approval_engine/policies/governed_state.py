"""The life of a governance: written, proposed, in force, switched off. What is in force takes two people to change."""

from __future__ import annotations

DRAFT = "draft"  # being written, or switched off: holds nothing
PROPOSED = "proposed"  # one person wants it in force; frozen until a second one agrees
ACTIVE = "active"  # holds; changed by a revision that two people agree on
LEAVING = "leaving"  # holds; one person wants it off

STATES = [
    (DRAFT, "Off"),
    (PROPOSED, "Waits for a Second Person"),
    (ACTIVE, "In Force"),
    (LEAVING, "In Force, to Be Switched Off"),
]
HOLDS = frozenset({ACTIVE, LEAVING})
WAITING = frozenset({PROPOSED, LEAVING})  # for a second person

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({PROPOSED, ACTIVE}),
    PROPOSED: frozenset({DRAFT, ACTIVE}),
    ACTIVE: frozenset({LEAVING, DRAFT}),
    LEAVING: frozenset({ACTIVE, DRAFT}),
}


def is_allowed(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())
