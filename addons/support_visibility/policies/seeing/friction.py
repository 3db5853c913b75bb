"""Which segments meet trouble again and again, along the whole life of an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

ONBOARDING, SUPPORT, RENEWAL = "onboarding", "support", "renewal"
PHASES = (ONBOARDING, SUPPORT, RENEWAL)
# What counts as trouble, by phase: types of events.
FRICTION: dict[str, tuple[str, ...]] = {
    ONBOARDING: ("onboarding.milestone_late",),
    SUPPORT: (
        "support.escalated",
        "support.reopened",
        "support.sla_breached",
        "support.surge",
    ),
    RENEWAL: (
        "subscription.downgrade_requested",
        "subscription.cancelled",
        "billing.invoice_disputed",
        "billing.payment_failed",
    ),
}
PHASE_OF = {kind: phase for phase, kinds in FRICTION.items() for kind in kinds}
# That a source is connected at all: it told anything of this phase.
SOURCES: dict[str, str] = {
    ONBOARDING: "onboarding.%",
    SUPPORT: "support.%",
    RENEWAL: "subscription.%",
}
REPEATED = 2  # troubles of an account
PHASES_HIT = 2  # phases with trouble, to be trouble all along


class Segment(NamedTuple):
    segment: str
    accounts: int  # of the segment
    repeated: tuple[int, ...]  # accounts with repeated trouble
    across: tuple[int, ...]  # those of them with trouble in more than one phase
    by_phase: dict[str, int]  # troubles


def segments(
    accounts: dict[int, str], troubles: Iterable[tuple[int, str, int]]
) -> list[Segment]:
    """:param accounts: segment by account id
    :param troubles: (account id, type of event, how often)
    :return: the segments, the one with the largest share of accounts with trouble across phases first, then with
        repeated trouble
    """
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PHASES, 0))
    for account, kind, count in troubles:
        if account in accounts:
            counts[account][PHASE_OF[kind]] += count
    found = [
        _segment(name, [a for a, s in accounts.items() if s == name], counts)
        for name in sorted(set(accounts.values()))
    ]
    return sorted(
        found,
        key=lambda s: (
            -len(s.across) / s.accounts,
            -len(s.repeated) / s.accounts,
            s.segment,
        ),
    )


def _segment(
    name: str, members: list[int], counts: dict[int, dict[str, int]]
) -> Segment:
    repeated = tuple(
        a for a in members if a in counts and sum(counts[a].values()) >= REPEATED
    )
    across = tuple(
        a for a in repeated if sum(n > 0 for n in counts[a].values()) >= PHASES_HIT
    )
    by_phase = {
        phase: sum(counts[a][phase] for a in members if a in counts) for phase in PHASES
    }
    return Segment(name, len(members), repeated, across, by_phase)
