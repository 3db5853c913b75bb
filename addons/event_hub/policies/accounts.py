"""What an account is once two of them have become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def highest_tier(tiers: Iterable[str | None], rising: Sequence[str]) -> str | None:
    """Return the highest of ``tiers``; None if no account has one.

    :param rising: all tiers, from low to high
    """
    known = [tier for tier in tiers if tier]
    return max(known, key=rising.index, default=None)
