"""Which way a request may go."""

from __future__ import annotations

DRAFT = "draft"  # being written by the requester
PENDING = "pending"  # waits for its approvers
APPROVED = "approved"  # everybody needed said yes; the effect is not carried out yet
EXECUTED = "executed"  # the effect is carried out, or there was none
FAILED = "failed"  # the effect could not be carried out; tried again
REJECTED = "rejected"  # an approver said no
RECALLED = "recalled"  # the requester took it back
EXPIRED = "expired"  # nobody decided in time
LAPSED = "lapsed"  # its reason went away

STATES = [
    (DRAFT, "Draft"),
    (PENDING, "Waiting"),
    (APPROVED, "Approved"),
    (EXECUTED, "Carried Out"),
    (FAILED, "Failed"),
    (REJECTED, "Rejected"),
    (RECALLED, "Recalled"),
    (EXPIRED, "Expired"),
    (LAPSED, "Lapsed"),
]

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({PENDING}),
    PENDING: frozenset({APPROVED, REJECTED, RECALLED, EXPIRED, LAPSED}),
    # back to pending: what was approved is no longer what would be carried out
    APPROVED: frozenset({EXECUTED, FAILED, LAPSED, PENDING}),
    FAILED: frozenset({EXECUTED, LAPSED, PENDING}),
    REJECTED: frozenset({DRAFT}),
    RECALLED: frozenset({DRAFT}),
    EXPIRED: frozenset({DRAFT}),
    EXECUTED: frozenset(),
    LAPSED: frozenset(),
}

LIVE = frozenset({PENDING, APPROVED, FAILED})  # something is still to come
AWAITS_EXECUTION = frozenset({APPROVED, FAILED})


def allowed_targets(source: str) -> frozenset[str]:
    """:return: the states reachable from ``source`` in one step; empty for an unknown state"""
    return TRANSITIONS.get(source, frozenset())


def is_allowed(source: str, target: str) -> bool:
    """Staying where one is is not a transition."""
    return target in allowed_targets(source)


def is_editable(state: str) -> bool:
    """:return: whether the requester may still change what is asked"""
    return state == DRAFT
