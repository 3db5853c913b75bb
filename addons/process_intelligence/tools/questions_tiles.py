"""What stands on a tile, as SQL over the relations of ``questions.py``."""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from ..policies.tiles import DAYS, WEEKS
from .questions import Relations


class TileRow(NamedTuple):
    """:param until: the last event of all these cases; spans count back from it
    :param weeks: cases begun in each week, the oldest first"""

    cases: int
    until: datetime | None
    ended: int
    median: float | None
    ended_before: int
    median_before: float | None
    weeks: list[int]


def tile(relations: Relations, filters: Filters, finished: SQL) -> SQL:
    """One row as ``TileRow``.

    :param finished: condition on ``chosen``
    """
    return SQL(
        """
        WITH %(chosen)s, edge AS (SELECT max(last_ts) AS until FROM chosen), aged AS (
            SELECT date_part('epoch', last_ts - first_ts) AS took, (%(finished)s) AS is_done,
                   date_part('epoch', until - last_ts) / 86400 AS days_ago,
                   floor(date_part('epoch', until - first_ts) / 604800)::int AS weeks_ago
              FROM chosen, edge
        ), weeks AS (
            SELECT weeks_ago, count(*) AS begun FROM aged WHERE weeks_ago < %(weeks)s GROUP BY weeks_ago
        )
        SELECT count(*), (SELECT until FROM edge),
               count(*) FILTER (WHERE %(lately)s), %(median)s FILTER (WHERE %(lately)s),
               count(*) FILTER (WHERE %(before)s), %(median)s FILTER (WHERE %(before)s),
               ARRAY(SELECT coalesce(begun, 0)
                       FROM generate_series(0, %(weeks)s - 1) AS ago LEFT JOIN weeks ON weeks_ago = ago
                      ORDER BY ago DESC)
          FROM aged
        """,
        chosen=relations.chosen(filters),
        finished=finished,
        weeks=WEEKS,
        median=SQL("percentile_cont(0.5) WITHIN GROUP (ORDER BY took)"),
        lately=SQL("is_done AND days_ago < %s", DAYS),
        before=SQL("is_done AND days_ago >= %s AND days_ago < %s", DAYS, 2 * DAYS),
    )
