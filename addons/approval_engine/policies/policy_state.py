"""The life of a policy: written, in force, replaced."""

from __future__ import annotations

DRAFT = "draft"  # being written; decides nothing
ACTIVE = "active"  # in force and frozen: changed only by a new version
RETIRED = "retired"  # replaced; requests made under it keep it

STATES = [(DRAFT, "Draft"), (ACTIVE, "Active"), (RETIRED, "Retired")]

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({ACTIVE, RETIRED}),
    ACTIVE: frozenset({RETIRED}),
    RETIRED: frozenset(),
}


def is_allowed(source: str, target: str) -> bool:
    return target in TRANSITIONS.get(source, frozenset())
