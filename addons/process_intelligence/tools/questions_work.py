"""Questions about the work itself as SQL: what is done again, handed over, waited for, and by whom."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

#: Empty names are nobody, as missing ones are.
WHO = SQL("nullif(btrim(resource), '')")
NEXT_WHO = SQL("nullif(btrim(next_resource), '')")


def finished(start_ids, end_ids) -> SQL:
    """Condition on ``chosen``: the case came to its end, and begins where cases begin.

    :param start_ids, end_ids: activities that are named as such; none: any will do
    """
    conditions = [SQL("TRUE")]
    if start_ids:
        starts = [f",{id_},%" for id_ in start_ids]
        conditions.append(SQL("path LIKE ANY(%s)", starts))
    if end_ids:
        conditions.append(SQL("NOT %s", running(end_ids)))
    return SQL("(%s)", SQL(" AND ").join(conditions))


def running(end_ids) -> SQL:
    """Condition on ``chosen``: its last step is none of these activities."""
    return SQL("(NOT path LIKE ANY(%s))", [f"%,{id_}," for id_ in end_ids])


def _steps(relations: Relations, filters: Filters) -> SQL:
    """The CTEs ``chosen`` and ``steps``."""
    return SQL(
        "%s, steps AS MATERIALIZED (%s)",
        relations.chosen(filters),
        relations.steps(filters),
    )


class ReworkRow(NamedTuple):
    """What of an activity is done again; ``activity`` None: of all, each case once. Seconds."""

    activity: int | None
    cases: int
    repeats: int
    loops: int
    loop_cases: int
    return_cases: int
    seconds: float | None
    open_seconds: float | None


def rework(relations: Relations, filters: Filters) -> SQL:
    """Rows as ``ReworkRow``: one per activity that is repeated, and one of all."""
    return SQL(
        """
        WITH %s, again AS (
            SELECT case_id, activity, count(*) FILTER (WHERE nth > 1) AS repeats,
                   count(*) FILTER (WHERE next_activity = activity) AS loops,
                   sum(seconds) FILTER (WHERE nth > 1) AS seconds,
                   sum(open_seconds) FILTER (WHERE nth > 1) AS open_seconds
              FROM (%s) AS steps WHERE nth > 1 OR next_activity = activity
             GROUP BY case_id, activity
        )
        SELECT activity, count(DISTINCT case_id), coalesce(sum(repeats), 0)::int, coalesce(sum(loops), 0)::int,
               count(DISTINCT case_id) FILTER (WHERE loops > 0),
               count(DISTINCT case_id) FILTER (WHERE repeats > loops), sum(seconds), sum(open_seconds)
          FROM again GROUP BY GROUPING SETS ((activity), ())
        """,
        relations.chosen(filters),
        relations.steps(filters),
    )


def first_pass(relations: Relations, filters: Filters, finished: SQL) -> SQL:
    """One row ``(cases, finished ones, of these without a repeated activity)``."""
    return SQL(
        """
        WITH %(chosen)s, redone AS MATERIALIZED (SELECT DISTINCT case_id FROM (%(steps)s) AS steps WHERE nth = 2)
        SELECT count(*), count(*) FILTER (WHERE %(finished)s),
               count(*) FILTER (WHERE %(finished)s AND redone.case_id IS NULL)
          FROM chosen LEFT JOIN redone ON redone.case_id = chosen.id
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        finished=finished,
    )


def handovers(relations: Relations, filters: Filters, limit: int) -> SQL:
    """Rows ``(from, to, count, cases, median seconds, median open seconds, number of such pairs)``, most first."""
    return SQL(
        """
        WITH %(chosen)s
        SELECT who, next_who, count(*) AS moves, count(DISTINCT case_id),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY open_seconds), count(*) OVER ()
          FROM (SELECT *, %(who)s AS who, %(next_who)s AS next_who FROM (%(steps)s) AS steps
                 WHERE next_activity IS NOT NULL) AS moves
         WHERE who <> next_who
         GROUP BY who, next_who ORDER BY moves DESC, who COLLATE "C", next_who COLLATE "C" LIMIT %(limit)s
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        who=WHO,
        next_who=NEXT_WHO,
        limit=limit,
    )


def handover_totals(relations: Relations, filters: Filters) -> SQL:
    """One row ``(handovers, moves within one pair of hands, moves where one side is not known)``."""
    return SQL(
        """
        WITH %(chosen)s
        SELECT count(*) FILTER (WHERE %(who)s <> %(next_who)s), count(*) FILTER (WHERE %(who)s = %(next_who)s),
               count(*) FILTER (WHERE %(who)s IS NULL OR %(next_who)s IS NULL)
          FROM (%(steps)s) AS steps WHERE next_activity IS NOT NULL
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        who=WHO,
        next_who=NEXT_WHO,
    )


def ping_pong(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(first, other, returns, cases)``: of two handovers in a row, the second goes back.

    A last row ``(None, None, returns, cases)`` is of all, each case once.
    """
    return SQL(
        """
        WITH %(chosen)s, handovers AS (
            SELECT case_id, %(who)s AS who, %(next_who)s AS next_who,
                   lag(%(who)s) OVER turns AS first, lag(%(next_who)s) OVER turns AS other
              FROM (%(steps)s) AS steps WHERE next_activity IS NOT NULL AND %(who)s <> %(next_who)s
            WINDOW turns AS (PARTITION BY case_id ORDER BY position)
        )
        SELECT first, other, count(*), count(DISTINCT case_id)
          FROM handovers WHERE first = next_who AND other = who GROUP BY GROUPING SETS ((first, other), ())
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        who=WHO,
        next_who=NEXT_WHO,
    )


class LostRow(NamedTuple):
    """Time of a move above its own median. Seconds; the open ones None without a calendar."""

    source: int
    target: int
    count: int
    cases: int
    median: float
    lost: float
    open_median: float | None
    open_lost: float | None


def lost_time(relations: Relations, filters: Filters) -> SQL:
    """Rows as ``LostRow``."""
    return SQL(
        """
        WITH %s, usual AS MATERIALIZED (
            SELECT activity, next_activity, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY open_seconds) AS open_median
              FROM steps WHERE next_activity IS NOT NULL GROUP BY activity, next_activity
        )
        SELECT activity, next_activity, count(*), count(*) FILTER (WHERE pair_nth = 1), min(median),
               sum(greatest(seconds - median, 0)), min(open_median),
               sum(CASE WHEN open_seconds > open_median THEN open_seconds - open_median
                        WHEN open_seconds IS NOT NULL THEN 0 END)
          FROM steps JOIN usual USING (activity, next_activity) GROUP BY activity, next_activity
        """,
        _steps(relations, filters),
    )


def batches(relations: Relations, filters: Filters, window_s: float, least: int) -> SQL:
    """Rows ``(activity, who, batches, steps in them, largest)``; see ``definition.batching``."""
    return SQL(
        """
        WITH %(chosen)s, gaps AS (
            SELECT case_id, activity, who, ts,
                   coalesce(date_part('epoch', ts - lag(ts) OVER hand) > %(window)s, TRUE) AS anew
              FROM (SELECT *, %(who)s AS who FROM (%(steps)s) AS steps) AS told WHERE who IS NOT NULL
            WINDOW hand AS (PARTITION BY activity, who ORDER BY ts)
        ), numbered AS (
            SELECT case_id, activity, who, sum(anew::int) OVER (PARTITION BY activity, who ORDER BY ts) AS batch
              FROM gaps
        ), groups AS (
            SELECT activity, who, count(*) AS steps FROM numbered
             GROUP BY activity, who, batch HAVING count(*) >= %(least)s AND count(DISTINCT case_id) >= %(least)s
        )
        SELECT activity, who, count(*), sum(steps)::int, max(steps) FROM groups GROUP BY activity, who
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        who=WHO,
        window=window_s,
        least=least,
    )


def hands(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(activity, steps by people, by the system or another program, by nobody known)``."""
    return SQL(
        """
        WITH %(chosen)s
        SELECT activity, count(*) FILTER (WHERE NOT %(machine)s), count(*) FILTER (WHERE %(machine)s),
               count(*) FILTER (WHERE %(who)s IS NULL)
          FROM (%(steps)s) AS steps GROUP BY activity
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        machine=SQL("(%s = 'system' OR %s LIKE %s)", WHO, WHO, "source:%"),
        who=WHO,
    )


def spent(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(activity, steps, seconds after them, open seconds after them)``, and one of None with the cases."""
    return SQL(
        """
        WITH %s
        SELECT activity, count(*), sum(seconds), sum(open_seconds) FROM (%s) AS steps GROUP BY activity
         UNION ALL SELECT NULL, count(*), NULL, NULL FROM chosen
        """,
        relations.chosen(filters),
        relations.steps(filters),
    )
