"""Questions about working and waiting as SQL; answers only where steps tell of their start or of logged time."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import PERCENTILES, Relations, percentiles_of


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
        WITH %(chosen)s, spans AS (
            SELECT activity, count(%(wall)s) AS times, sum(%(wall)s) AS total, min(%(wall)s) AS low,
                   max(%(wall)s) AS high, array_agg(%(wall)s) AS took, sum(%(open)s) AS open_total,
                   min(%(open)s) AS open_low, max(%(open)s) AS open_high, array_agg(%(open)s) AS open_took
              FROM (%(steps)s) AS steps WHERE (%(which)s) AND %(wall)s IS NOT NULL GROUP BY activity
        )
        SELECT activity, times, total, low, high, %(shares)s, open_total, open_low, open_high, %(open_shares)s
          FROM spans
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        wall=SQL.identifier(wall),
        open=SQL.identifier(business),
        shares=percentiles_of("took", PERCENTILES),
        open_shares=percentiles_of("open_took", PERCENTILES),
        which=which,
    )


#: As in the index of the steps.
TIMED = SQL("started_at IS NOT NULL OR working IS NOT NULL")


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
