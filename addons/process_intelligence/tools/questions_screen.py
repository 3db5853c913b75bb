"""What the map screen tells beside the map, as SQL over the relations of ``questions.py``."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

PERCENTILES = SQL(
    "percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY seconds)"
)


def stays(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(activity, moves on, median seconds to the next step, the same in business time)``."""
    return SQL(
        """
        WITH %s
        SELECT activity, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY open_seconds)
          FROM (%s) AS steps WHERE next_activity IS NOT NULL GROUP BY activity
        """,
        relations.chosen(filters),
        relations.steps(filters),
    )


def spread(relations: Relations, filters: Filters, place: SQL) -> SQL:
    """One row ``(moves on, shortest, longest, [p25, p50, p75, p90, p95])`` in seconds, of the steps at ``place``."""
    return SQL(
        """
        WITH %s
        SELECT count(*), min(seconds), max(seconds), %s
          FROM (%s) AS steps WHERE %s AND next_activity IS NOT NULL
        """,
        relations.chosen(filters),
        PERCENTILES,
        relations.steps(filters),
        place,
    )


def bins(relations: Relations, filters: Filters, place: SQL, edges: list[float]) -> SQL:
    """Rows ``(bin from 1 on, moves on)``; a bin holds its lower edge, the last one is open."""
    return SQL(
        """
        WITH %s
        SELECT width_bucket(seconds, %s::float8[]) AS bin, count(*)
          FROM (%s) AS steps WHERE %s AND next_activity IS NOT NULL GROUP BY bin
        """,
        relations.chosen(filters),
        edges,
        relations.steps(filters),
        place,
    )


def people(
    relations: Relations, filters: Filters, place: SQL, who: SQL, limit: int
) -> SQL:
    """Rows ``(who or None, steps, different people)``, most steps first."""
    return SQL(
        """
        WITH %(chosen)s
        SELECT %(who)s, count(*) AS told, count(%(who)s) OVER ()
          FROM (%(steps)s) AS steps WHERE %(place)s
         GROUP BY %(who)s ORDER BY told DESC, %(who)s COLLATE "C" NULLS LAST LIMIT %(limit)s
        """,
        chosen=relations.chosen(filters),
        who=who,
        steps=relations.steps(filters),
        place=place,
        limit=limit,
    )


def segments(relations: Relations, filters: Filters, limit: int) -> SQL:
    """Rows ``(attribute, value or None, cases, different values)``; per attribute the most frequent values.

    A case without an attribute that others carry counts as one with None, as in filters.
    """
    return SQL(
        """
        WITH %s,
        worn AS (
            SELECT named.key AS name, told.value, count(*) AS cases
              FROM chosen, LATERAL jsonb_each(chosen.attributes) AS named,
                   LATERAL jsonb_array_elements_text(named.value) AS told(value)
             GROUP BY named.key, told.value
            UNION ALL
            SELECT named.key, NULL, (SELECT count(*) FROM chosen) - count(*)
              FROM chosen, LATERAL jsonb_object_keys(chosen.attributes) AS named(key)
             GROUP BY named.key HAVING count(*) < (SELECT count(*) FROM chosen)
        ),
        counted AS (SELECT name, value, sum(cases)::int AS cases FROM worn GROUP BY name, value)
        SELECT name, value, cases, total FROM (
            SELECT name, value, cases, count(*) OVER (PARTITION BY name)::int AS total,
                   row_number() OVER (PARTITION BY name ORDER BY cases DESC, value COLLATE "C") AS place
              FROM counted
        ) AS placed WHERE place <= %s ORDER BY name, place
        """,
        relations.chosen(filters),
        limit,
    )
