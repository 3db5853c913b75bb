"""The life of a policy: written, proposed, in force, replaced."""

from __future__ import annotations

DRAFT = "draft"  # being written; decides nothing
PROPOSED = "proposed"  # one person wants it in force; frozen until a second one agrees
ACTIVE = "active"  # in force and frozen: changed only by a new version
RETIRED = "retired"  # replaced; requests made under it keep it

STATES = [
    (DRAFT, "Draft"),
    (PROPOSED, "Waits for a Second Person"),
    (ACTIVE, "Active"),
    (RETIRED, "Retired"),
]

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({PROPOSED, ACTIVE, RETIRED}),
    PROPOSED: frozenset({DRAFT, ACTIVE, RETIRED}),
    ACTIVE: frozenset({RETIRED}),
    RETIRED: frozenset(),
}


def is_allowed(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())
