"""Whether a request needs nobody: its policy approves small amounts itself."""

from __future__ import annotations

import math


def needs_nobody(
    amount: float, limit: float, *, people_decided: bool, option_open: bool
) -> bool:
    """Whether the policy decides it.

    Without an amount it is not about money, so no limit says that it is small. What a person has
    decided before is not decided anew without one.

    :param amount: in the policy's currency; the sign does not count
    :param limit: 0 or less: the policy decides nothing
    :param people_decided: somebody decided this request before, in whatever round
    :param option_open: an option has yet to be chosen
    """
    size = abs(amount)
    if people_decided or option_open or not math.isfinite(size):
        return False
    return limit > 0 and 0 < size <= limit
