"""How urgent a ticket is: impact (how many are hit) times urgency (how long it can wait).

The usual matrix of IT service management (as in ITIL's incident priority), folded to Odoo's four stars.
"""

from __future__ import annotations

LOW, MEDIUM, HIGH = "1", "2", "3"
IMPACTS = [(LOW, "One person"), (MEDIUM, "A team"), (HIGH, "The whole company")]
URGENCIES = [(LOW, "Can wait"), (MEDIUM, "Soon"), (HIGH, "Work has stopped")]

PRIORITY_LOW, PRIORITY_NORMAL, PRIORITY_HIGH, PRIORITY_URGENT = "0", "1", "2", "3"
PRIORITIES = [
    (PRIORITY_LOW, "Low"),
    (PRIORITY_NORMAL, "Normal"),
    (PRIORITY_HIGH, "High"),
    (PRIORITY_URGENT, "Urgent"),
]

_TABLE = {
    (LOW, LOW): PRIORITY_LOW,
    (LOW, MEDIUM): PRIORITY_LOW,
    (LOW, HIGH): PRIORITY_NORMAL,
    (MEDIUM, LOW): PRIORITY_LOW,
    (MEDIUM, MEDIUM): PRIORITY_NORMAL,
    (MEDIUM, HIGH): PRIORITY_HIGH,
    (HIGH, LOW): PRIORITY_NORMAL,
    (HIGH, MEDIUM): PRIORITY_HIGH,
    (HIGH, HIGH): PRIORITY_URGENT,
}


def priority_of(impact: str, urgency: str) -> str:
    """:raises KeyError: for an unknown impact or urgency"""
    return _TABLE[impact, urgency]
