"""What an imported log tells about each of its cases, as SQL.

Both queries read a relation of ``(case_key, activity, ts, seq, resource, attributes)`` that holds only what the asking
user may see; the order within a case is ``(ts, seq)``.
"""

from odoo.tools import SQL


def facts(rows, words, since, until):
    """Rows ``(case, seconds until solved or None, type, reason, whether a promise was broken or None, segment, asked
    for facts, groups it was with, times it came back to a step, step that held it longest)``, one per case.

    :param words: ``{"type", "reason", "promise", "segment", "group": column or None, "solved", "ended", "facts":
        activities, "no": values}``
    """
    return SQL(
        """
        WITH %(seen)s,
        solved AS (
            SELECT case_key, max(ts) AS at FROM steps
             WHERE activity = ANY(%(solved)s) AND (before IS NULL OR before <> ALL(%(solved)s))
             GROUP BY case_key),
        held AS (
            SELECT DISTINCT ON (case_key) case_key, activity FROM (
                SELECT case_key, activity, sum(date_part('epoch', next_ts - ts)) AS seconds FROM steps
                 WHERE activity <> ALL(%(ended)s) GROUP BY case_key, activity) AS stays
             WHERE seconds > 0 ORDER BY case_key, seconds DESC, activity),
        cases AS (
            SELECT case_key, min(ts) AS first_ts,
                   (array_agg(attributes ->> %(type)s ORDER BY ts DESC, seq DESC))[1] AS kind,
                   (array_agg(attributes ->> %(reason)s ORDER BY ts DESC, seq DESC)
                       FILTER (WHERE attributes ->> %(reason)s IS NOT NULL))[1] AS reason,
                   bool_or(lower(attributes ->> %(promise)s) = ANY(%(no)s)) AS is_broken,
                   (array_agg(attributes ->> %(segment)s ORDER BY ts DESC, seq DESC))[1] AS segment,
                   bool_or(activity = ANY(%(facts)s)) AS asked,
                   count(DISTINCT attributes ->> %(group)s) AS groups,
                   count(*) FILTER (WHERE before IS DISTINCT FROM activity AND visit > 1) AS again
              FROM steps GROUP BY case_key)
        SELECT c.case_key, date_part('epoch', s.at - c.first_ts), c.kind, c.reason, c.is_broken, c.segment, c.asked,
               c.groups, c.again, h.activity
          FROM cases c LEFT JOIN solved s USING (case_key) LEFT JOIN held h USING (case_key)
         ORDER BY c.case_key
        """,
        seen=_steps(rows, since, until),
        **{
            name: words[name] or ""
            for name in ("type", "reason", "promise", "segment", "group")
        },
        **{name: list(words[name]) for name in ("solved", "ended", "facts", "no")},
    )


def standing(rows, ended, share, least, since, until):
    """Rows ``(case, activity, seconds it has been there, usual seconds)`` of the cases that stand still."""
    return SQL(
        """
        WITH %(seen)s,
        stays AS (
            SELECT case_key, activity, ts, lead(ts) OVER (PARTITION BY case_key ORDER BY ts, seq) AS left_at
              FROM steps WHERE before IS DISTINCT FROM activity),
        usual AS (
            SELECT activity,
                   percentile_cont(%(share)s) WITHIN GROUP (ORDER BY date_part('epoch', left_at - ts)) AS seconds
              FROM stays WHERE left_at IS NOT NULL GROUP BY activity HAVING count(*) >= %(least)s),
        latest AS (SELECT max(ts) AS at FROM ev)
        SELECT case_key, activity, date_part('epoch', COALESCE(%(until)s, latest.at) - stays.ts) AS waited,
               usual.seconds
          FROM stays JOIN usual USING (activity), latest
         WHERE left_at IS NULL AND activity <> ALL(%(ended)s)
           AND date_part('epoch', COALESCE(%(until)s, latest.at) - stays.ts) > usual.seconds
         ORDER BY waited DESC, case_key
        """,
        seen=_steps(rows, since, until),
        share=share,
        least=least,
        ended=list(ended),
        until=until,
    )


def names(rows):
    """One row ``(activities, columns, events)``."""
    return SQL(
        """
        WITH ev AS (%s)
        SELECT (SELECT array_agg(DISTINCT activity) FROM ev),
               (SELECT array_agg(DISTINCT name) FROM ev, jsonb_object_keys(
                   CASE WHEN jsonb_typeof(attributes) = 'object' THEN attributes END) AS name),
               (SELECT count(*) FROM ev)
        """,
        rows,
    )


def _steps(rows, since, until):
    """CTEs: ``ev``, the events until then of cases that began since then, and ``steps`` with their neighbours."""
    return SQL(
        """
        told AS MATERIALIZED (SELECT * FROM (%(rows)s) AS told WHERE %(until)s::timestamp IS NULL OR ts <= %(until)s),
        ev AS MATERIALIZED (
            SELECT * FROM told WHERE %(since)s::timestamp IS NULL OR case_key IN (
                SELECT case_key FROM told GROUP BY case_key HAVING min(ts) >= %(since)s)),
        steps AS MATERIALIZED (
            SELECT case_key, activity, ts, seq, attributes,
                   lag(activity) OVER in_case AS before,
                   lead(ts) OVER in_case AS next_ts,
                   row_number() OVER (PARTITION BY case_key, activity ORDER BY ts, seq) AS visit
              FROM ev WINDOW in_case AS (PARTITION BY case_key ORDER BY ts, seq))
        """,
        rows=rows,
        since=since,
        until=until,
    )
