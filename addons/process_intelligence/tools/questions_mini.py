"""One case and the way that cases like it usually go, as SQL over the relations of ``questions.py``."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

SHARES = [share / 100 for share in range(1, 100)]


def own_steps(
    relations: Relations, case_key: str, read_now: SQL | None, most: int
) -> SQL:
    """Rows ``(path, activity, moment, resource, seconds, open seconds, [open seconds since])``, in order.

    The first ``most`` steps and the last one.

    :param read_now: open seconds from ``steps.ts`` until now; None without a calendar
    """
    return SQL(
        """
        WITH %(ctes)s, chosen AS (SELECT * FROM cases WHERE case_key = %(key)s)
        SELECT chosen.path, steps.activity, steps.ts, steps.resource, steps.seconds, steps.open_seconds,
               CASE WHEN steps.next_activity IS NULL THEN %(since)s END
          FROM (%(steps)s) AS steps JOIN chosen ON chosen.id = steps.case_id
         WHERE steps.position <= %(most)s OR steps.next_activity IS NULL ORDER BY steps.position
        """,
        ctes=relations.ctes,
        key=case_key,
        since=read_now or SQL("NULL"),
        steps=relations.steps(Filters()),
        most=most,
    )


def usual_way(relations: Relations, finished: SQL, first: int) -> SQL:
    """At most one row ``(path, its cases, all such cases)``: the most frequent way of ended cases beginning so.

    Of equally frequent ones the shortest.

    :param finished: condition on ``chosen``
    """
    return SQL(
        """
        WITH %s
        SELECT path, count(*) AS cases, (sum(count(*)) OVER ())::int FROM chosen WHERE %s AND path LIKE %s
         GROUP BY path ORDER BY cases DESC, min(length), path COLLATE "C" LIMIT 1
        """,
        relations.chosen(Filters()),
        finished,
        f",{first},%",
    )


def stays(relations: Relations, activity: int, in_business: bool) -> SQL:
    """One row ``(moves from there, [their seconds at 1 %, 2 %, ... 99 %], most frequent next, how often that)``."""
    return SQL(
        """
        WITH %(chosen)s, stays AS MATERIALIZED (
            SELECT next_activity, %(took)s AS took FROM (%(steps)s) AS steps
             WHERE activity = %(activity)s AND next_activity IS NOT NULL
        ), nexts AS (
            SELECT next_activity, count(*) AS moves FROM stays GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
        )
        SELECT count(*), percentile_cont(%(shares)s::float8[]) WITHIN GROUP (ORDER BY took),
               (SELECT next_activity FROM nexts), (SELECT moves FROM nexts) FROM stays
        """,
        chosen=relations.chosen(Filters()),
        took=SQL("open_seconds") if in_business else SQL("seconds"),
        steps=relations.steps(Filters()),
        activity=activity,
        shares=SHARES,
    )
