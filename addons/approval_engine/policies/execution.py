"""What to do with an approved request, right before carrying it out."""

from __future__ import annotations

EXECUTE = "execute"
LAPSE = "lapse"  # its reason went away meanwhile
REOPEN = "reopen"  # what would be carried out is not what was approved
MOVED = "moved"  # a change was approved, and the record is no longer as it was then
REFUSE = "refuse"  # its decisions were tampered with


def before_execution(
    *,
    chain_ok: bool,
    content_matches: bool,
    condition_holds: bool,
    is_change: bool = False,
) -> str:
    """A request whose reason is gone lapses, whatever else changed; nothing is asked again for it.

    :param is_change: old and new values were approved, so they are not asked anew for other old ones
    """
    if not chain_ok:
        return REFUSE
    if not condition_holds:
        return LAPSE
    if content_matches:
        return EXECUTE
    return MOVED if is_change else REOPEN
