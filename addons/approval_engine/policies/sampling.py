"""A random sample that anybody can draw again."""

from __future__ import annotations

import random
from collections.abc import Iterable


def sample(ids: Iterable[int], count: int, seed: int) -> list[int]:
    """Draw ``count`` of ``ids`` without repetition; the same ids, count and seed give the same.

    :return: in ascending order; all of them if there are not more
    """
    pool = sorted(set(ids))
    return sorted(random.Random(seed).sample(pool, min(max(count, 0), len(pool))))
