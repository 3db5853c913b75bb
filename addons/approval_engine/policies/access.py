"""Who may decide a step, and why: what an access review puts before people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from . import routing, seats

OPEN_ROUTES = frozenset({routing.MANAGERS, routing.FIELD})  # each request names others


@dataclass(frozen=True)
class Holder:
    user_id: int | None  # None: whoever a request names
    why: str


def holders(
    route: str, standing: Collection[int], named: Collection[int]
) -> list[Holder]:
    """:return: one for each who may decide the step today, in the order of ``standing``

    :param standing: ids of those who may decide, where the step itself says who
    :param named: ids of those whom the step names
    """
    if route in OPEN_ROUTES:
        return [Holder(None, route)]
    return [Holder(user_id, _why(route, user_id, named)) for user_id in standing]


def _why(route: str, user_id: int, named: Collection[int]) -> str:
    if route == routing.MATRIX:
        return seats.MATRIX
    return seats.NAMED if user_id in named else seats.GROUP
