"""Questions about working and waiting as SQL; they have answers only where steps say when they began."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations, _percentiles


class SpanRow(NamedTuple):
    """How long something took, of one activity: seconds; percentiles as ``questions.PERCENTILES``."""

    activity: int
    count: int
    total: float | None
    low: float | None
    high: float | None
    percentiles: list[float] | None
    open_total: float | None
    open_low: float | None
    open_high: float | None
    open_percentiles: list[float] | None


def spans(
    relations: Relations, filters: Filters, wall: str, business: str, which: SQL
) -> SQL:
    """Rows as ``SpanRow``.

    :param wall, business: columns of the seconds
    :param which: condition on ``steps``
    """
    return SQL(
        """
        WITH %(chosen)s
        SELECT activity, count(%(wall)s), sum(%(wall)s), min(%(wall)s), max(%(wall)s), %(shares)s,
               sum(%(open)s), min(%(open)s), max(%(open)s), %(open_shares)s
          FROM (%(steps)s) AS steps WHERE %(which)s AND %(wall)s IS NOT NULL GROUP BY activity
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        wall=SQL.identifier(wall),
        open=SQL.identifier(business),
        shares=_percentiles(wall),
        open_shares=_percentiles(business),
        which=which,
    )


STARTED = SQL("started_at IS NOT NULL")


def of_activities(ids) -> SQL:
    """Condition on ``steps``."""
    return SQL("activity = ANY(%s)", list(ids))


def paired(relations: Relations, filters: Filters) -> SQL:
    """One row ``(steps with start and end, steps)`` of the activities that ever tell of a start."""
    return SQL(
        """
        WITH %(chosen)s, steps AS NOT MATERIALIZED (%(steps)s)
        SELECT count(*) FILTER (WHERE working IS NOT NULL), count(*) FROM steps
         WHERE activity IN (SELECT DISTINCT activity FROM steps WHERE started_at IS NOT NULL)
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
    )
