"""What people do over and over, as SQL."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations
from .questions_work import NEXT_WHO, WHO


def _person(who: SQL) -> SQL:
    """Condition: somebody did it who is no program; see ``definition.automation``."""
    return SQL(
        "(%(who)s <> 'system' AND %(who)s NOT LIKE %(source)s)",
        who=who,
        source="source:%",
    )


def done_by_people(relations: Relations, filters: Filters, business: bool) -> SQL:
    """Rows ``(activity, kinds of next steps, steps, sum n ln n, largest, kinds of hands, the same three, usual next,
    [example case ids], waited, [quartiles of it])``.

    :param business: time by the working calendar
    """
    return SQL(
        """
        WITH %(chosen)s, groups AS MATERIALIZED (
            SELECT activity, next_activity, %(who)s AS who, count(*) AS n, max(case_id) AS example
              FROM (%(steps)s) AS steps WHERE %(person)s GROUP BY 1, 2, 3
        ), following AS (
            SELECT activity, count(*) AS kinds, sum(n)::int AS total, sum(n * ln(n::float8)) AS weighted,
                   max(n) AS largest,
                   (array_agg(next_activity ORDER BY n DESC, next_activity))[1] AS usual,
                   (array_agg(example ORDER BY n DESC, next_activity))[1:3] AS examples
              FROM (SELECT activity, next_activity, sum(n)::int AS n, max(example) AS example
                      FROM groups GROUP BY 1, 2) AS pairs GROUP BY 1
        ), hands AS (
            SELECT activity, count(*) AS kinds, sum(n)::int AS total, sum(n * ln(n::float8)) AS weighted,
                   max(n) AS largest
              FROM (SELECT activity, who, sum(n)::int AS n FROM groups GROUP BY 1, 2) AS pairs GROUP BY 1
        ), waits AS (
            SELECT next_activity AS activity, sum(%(seconds)s) AS waited,
                   percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY %(seconds)s) AS quartiles
              FROM (%(steps)s) AS steps WHERE next_activity IS NOT NULL AND %(next_person)s GROUP BY 1
        )
        SELECT activity, f.kinds, f.total, f.weighted, f.largest, h.kinds, h.total, h.weighted, h.largest, f.usual,
               f.examples, waits.waited, waits.quartiles
          FROM following AS f JOIN hands AS h USING (activity) LEFT JOIN waits USING (activity)
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        who=WHO,
        person=_person(WHO),
        next_person=_person(NEXT_WHO),
        seconds=SQL("open_seconds" if business else "seconds"),
    )


def keys(relations: Relations, filters: Filters, ids) -> SQL:
    """Rows ``(id, case key)``."""
    return SQL(
        "WITH %s SELECT id, case_key FROM chosen WHERE id = ANY(%s)",
        relations.chosen(filters),
        list(ids),
    )


def usual_before(relations: Relations, filters: Filters, activity_id: int) -> SQL:
    """At most one row ``(activity,)``: what most often comes right before."""
    return SQL(
        """
        WITH %s
        SELECT activity FROM (%s) AS steps WHERE next_activity = %s
         GROUP BY activity ORDER BY count(*) DESC, activity LIMIT 1
        """,
        relations.chosen(filters),
        relations.steps(filters),
        activity_id,
    )
