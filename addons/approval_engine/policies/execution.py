"""What to do with an approved request, right before carrying it out."""

from __future__ import annotations

EXECUTE = "execute"
LAPSE = "lapse"  # its reason went away meanwhile
REOPEN = "reopen"  # what would be carried out is not what was approved
REFUSE = "refuse"  # its decisions were tampered with


def before_execution(
    *, chain_ok: bool, content_matches: bool, condition_holds: bool
) -> str:
    """A request whose reason is gone lapses, whatever else changed; nothing is asked again for it."""
    if not chain_ok:
        return REFUSE
    if not condition_holds:
        return LAPSE
    return EXECUTE if content_matches else REOPEN
