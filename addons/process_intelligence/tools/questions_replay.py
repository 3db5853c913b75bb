"""How cases moved, as SQL over the relations of ``questions.py``."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

#: In which order cases are told: those that began first, or took longest.
ORDERS = {
    "start": SQL('first_ts, case_key COLLATE "C"'),
    "duration": SQL('last_ts - first_ts DESC, case_key COLLATE "C"'),
}


def tracks(
    relations: Relations, filters: Filters, limit: int, steps: int, by="start"
) -> SQL:
    """Rows ``(number of all cases, steps of this one, [activity], [moment], case key)`` in one of ``ORDERS``.

    Every so many-th case: of each stretch of ``total / limit`` cases the first one.
    """
    return SQL(
        """
        WITH %(chosen)s,
        placed AS (
            SELECT id, case_key, length, row_number() OVER (ORDER BY %(by)s) - 1 AS place,
                   count(*) OVER () AS total
              FROM chosen
        ),
        sampled AS MATERIALIZED (
            SELECT id, case_key, length, place, total FROM placed
             WHERE total <= %(limit)s OR place = 0
                OR place * %(limit)s / total <> (place - 1) * %(limit)s / total
        )
        SELECT min(sampled.total), min(sampled.length), array_agg(told.activity ORDER BY told.position),
               array_agg(told.ts ORDER BY told.position), min(sampled.case_key)
          FROM sampled JOIN (%(steps)s) AS told ON told.case_id = sampled.id
         WHERE told.position <= %(most)s
         GROUP BY sampled.place ORDER BY sampled.place
        """,
        chosen=relations.chosen(filters),
        by=ORDERS[by],
        limit=limit,
        steps=relations.steps(filters),
        most=steps,
    )
