"""The life of an incident: which moves exist, who confirms how bad it is, and when customers have to hear."""

from __future__ import annotations

from datetime import datetime, timedelta

OPEN = "open"  #: somebody noticed
ACKNOWLEDGED = "acknowledged"  #: somebody works on it
MITIGATED = "mitigated"  #: customers can work again, the cause is still there
RESOLVED = "resolved"  #: the cause is gone
REVIEWED = "reviewed"  #: what was learnt is written down

STATES = [
    (OPEN, "Open"),
    (ACKNOWLEDGED, "Acknowledged"),
    (MITIGATED, "Mitigated"),
    (RESOLVED, "Resolved"),
    (REVIEWED, "Reviewed"),
]
RUNNING = (OPEN, ACKNOWLEDGED, MITIGATED)

MOVES: dict[str, frozenset[str]] = {
    OPEN: frozenset({ACKNOWLEDGED, MITIGATED, RESOLVED}),
    ACKNOWLEDGED: frozenset({MITIGATED, RESOLVED}),
    MITIGATED: frozenset({ACKNOWLEDGED, RESOLVED}),  # it came back before it was over
    RESOLVED: frozenset({ACKNOWLEDGED, REVIEWED}),
    REVIEWED: frozenset({ACKNOWLEDGED}),
}

SEVERITIES = [
    ("1", "Sev 1: the service is down"),
    ("2", "Sev 2: much does not work"),
    ("3", "Sev 3: some does not work"),
    ("4", "Sev 4: a nuisance"),
]
TO_CONFIRM = frozenset({"1", "2"})  #: one person alone does not wake everybody

STAMPS = {
    ACKNOWLEDGED: "acknowledged_at",
    MITIGATED: "mitigated_at",
    RESOLVED: "resolved_at",
    REVIEWED: "reviewed_at",
}

# How often customers hear while an incident runs, by severity.
UPDATE_MINUTES = {"1": 60, "2": 240, "3": 1440}


def may_move(source: str, target: str) -> bool:
    return target in MOVES.get(source, frozenset())


def stamps(
    state: str, at: datetime, acknowledged_at: datetime | None
) -> dict[str, datetime | None]:
    """:param acknowledged_at: the first acknowledgement, which counts even if the incident goes on
    :return: the times to write with a move into ``state``; None: no longer so"""
    first = acknowledged_at or at
    if state == ACKNOWLEDGED:
        gone = dict.fromkeys(("mitigated_at", "resolved_at", "reviewed_at"))
        return {"acknowledged_at": first, **gone}
    if state in (MITIGATED, RESOLVED):
        # whoever mends at once has noticed, too
        return {STAMPS[state]: at, "acknowledged_at": first}
    return {STAMPS[state]: at}


def needs_confirmation(severity: str, claimed_by: int | None, by: int | None) -> bool:
    """:param claimed_by: who said how bad it is; None: a machine
    :param by: another person who agreed; None: nobody yet
    """
    return severity in TO_CONFIRM and (by is None or by == claimed_by)


def next_update(severity: str, state: str, since: datetime) -> datetime | None:
    """:param since: the last word to customers, or the beginning
    :return: when customers have to hear again; None: no word is due"""
    minutes = UPDATE_MINUTES.get(severity)
    if state not in RUNNING or minutes is None:
        return None
    return since + timedelta(minutes=minutes)


def minutes_between(begin: datetime | None, end: datetime | None) -> float:
    """:return: minutes, 0 while one of the two is missing, never negative"""
    if not begin or not end:
        return 0.0
    return max(0.0, (end - begin).total_seconds() / 60)
