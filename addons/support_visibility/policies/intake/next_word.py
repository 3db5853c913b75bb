"""What the customer's next word does to a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..ticket_state import CLOSED, SOLVED, WAITING

STAY = "stay"  #: it is being worked on
RESUME = "resume"  #: we waited for this
REOPEN = "reopen"  #: it was not solved after all
CONTINUE = "continue"  #: too late: it goes on in a new ticket that is linked


def next_step(
    state: str, solved_at: datetime | None, now: datetime, reopen_days: int
) -> str:
    """:param solved_at: when it was solved; the window counts from then, to the second, its end included
    :param reopen_days: 0: every later word begins a new ticket
    """
    if state == CLOSED:
        return CONTINUE
    if state == SOLVED:
        limit = timedelta(days=max(0, reopen_days))
        is_late = solved_at is None or now - solved_at > limit
        return CONTINUE if is_late or not reopen_days > 0 else REOPEN
    return RESUME if state == WAITING else STAY
