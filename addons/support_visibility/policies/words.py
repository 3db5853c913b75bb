"""Translate the words of other helpdesks. An unknown word is None: we do not guess."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import priority, ticket_state

_STATES = {
    ticket_state.NEW: "new created submitted untriaged",
    ticket_state.OPEN: "open opened reopened active assigned in_progress processing working escalated triaged",
    ticket_state.WAITING: (
        "waiting pending hold on_hold paused waiting_for_customer waiting_on_customer awaiting_customer "
        "pending_customer awaiting_reply awaiting_response snoozed"
    ),
    ticket_state.SOLVED: "solved resolved done fixed completed complete",
    ticket_state.CLOSED: "closed archived cancelled canceled spam duplicate rejected",
}
_PRIORITIES = {
    priority.PRIORITY_LOW: "low lowest minor trivial p4 p5",
    priority.PRIORITY_NORMAL: "normal medium moderate standard default p3",
    priority.PRIORITY_HIGH: "high major important p2",
    priority.PRIORITY_URGENT: "urgent highest critical blocker emergency p1 p0",
}
_SEVERITIES = {
    "1": "1 sev1 sev_1 s1 critical blocker",
    "2": "2 sev2 sev_2 s2 major high",
    "3": "3 sev3 sev_3 s3 minor medium moderate normal",
    "4": "4 sev4 sev_4 s4 trivial low cosmetic",
}


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word: value for value, words in table.items() for word in words.split()}


_STATE_OF = _by_word(_STATES)
_PRIORITY_OF = _by_word(_PRIORITIES)
_SEVERITY_OF = _by_word(_SEVERITIES)


def key(word: object) -> str:
    """:return: ``word`` in lower case with everything but letters and digits as ``_``; "" for no text

    ``"On-Hold "`` and ``"on hold"`` are one word: ``on_hold``.
    """
    if isinstance(word, bool) or not isinstance(word, str | int):
        return ""
    return re.sub(r"[\W_]+", "_", str(word).lower()).strip("_")


def state_of(word: object) -> str | None:
    return _STATE_OF.get(key(word))


def priority_of(word: object) -> str | None:
    return _PRIORITY_OF.get(key(word))


def severity_of(word: object) -> str | None:
    """:return: "1" (worst) to "4" """
    return _SEVERITY_OF.get(key(word))
