"""What a clock does when its ticket moves."""

from __future__ import annotations

from .matching import FIRST_RESPONSE, RESOLUTION

STAY, STOP, PAUSE, RESUME, RESTART = "stay", "stop", "pause", "resume", "restart"
EXPLAINED = (PAUSE, RESTART)  # steps whose reason is kept


def next_step(kind: str, *, is_stopped: bool, is_done: bool, is_pausing: bool) -> str:
    """What happens to a clock of a ticket that stands somewhere now.

    - A ticket that is solved or closed waits for nothing more: all its clocks stop.
    - Reopening goes on with the same clock of the resolution; an answer given stays given.
    - A first response is paused by nothing but working hours.

    :param is_done: the ticket is solved or closed
    :param is_pausing: it stands in a stage that pauses this promise
    """
    if is_done:
        return STAY if is_stopped else STOP
    if is_stopped:
        return RESTART if kind == RESOLUTION else STAY
    if kind == FIRST_RESPONSE:
        return STAY
    return PAUSE if is_pausing else RESUME
