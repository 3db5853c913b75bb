"""What an imported log tells about each of its cases, as SQL.

Both queries read a relation of ``(case_key, activity, ts, seq, resource, attributes)`` that holds only what the asking
user may see; the order within a case is ``(ts, seq)``.
"""

from odoo.tools import SQL

from ..policies.seeing import stalled


def facts(rows, words, since, until):
    """Rows ``(case, seconds until solved or None, type, reason, whether a promise was broken or None, segment, asked
    for facts, whether it went to another group, times it came back to a step, step that held it longest)``, one per
    case. Without joins: right after an import PostgreSQL does not know yet how many cases there are.

    :param words: ``{"type", "reason", "promise", "segment", "group": column or None, "solved", "ended", "facts":
        activities, "no": values}``
    """
    return SQL(
        """
        WITH %(seen)s,
        stays AS (
            SELECT case_key, activity, min(ts) AS first_ts, max(ts) AS last_ts, max(seq) AS last_seq,
                   sum(date_part('epoch', next_ts - ts)) AS seconds,
                   max(ts) FILTER (WHERE activity = ANY(%(solved)s)
                                     AND (before IS NULL OR before <> ALL(%(solved)s))) AS solved_at,
                   (array_agg(attributes ->> %(type)s ORDER BY ts DESC, seq DESC))[1] AS kind,
                   (array_agg(attributes ->> %(segment)s ORDER BY ts DESC, seq DESC))[1] AS segment,
                   max(attributes ->> %(reason)s) AS reason,
                   bool_or(lower(attributes ->> %(promise)s) = ANY(%(no)s)) AS is_broken,
                   min(attributes ->> %(group)s) AS first_group, max(attributes ->> %(group)s) AS last_group,
                   count(*) FILTER (WHERE before IS DISTINCT FROM activity AND visit > 1) AS again
              FROM steps GROUP BY case_key, activity)
        SELECT case_key, date_part('epoch', max(solved_at) - min(first_ts)),
               (array_agg(kind ORDER BY last_ts DESC, last_seq DESC))[1],
               max(reason), bool_or(is_broken),
               (array_agg(segment ORDER BY last_ts DESC, last_seq DESC))[1],
               bool_or(activity = ANY(%(facts)s)), min(first_group) <> max(last_group), sum(again)::int,
               (array_agg(activity ORDER BY seconds DESC, activity)
                   FILTER (WHERE seconds > 0 AND activity <> ALL(%(ended)s)))[1]
          FROM stays GROUP BY case_key ORDER BY case_key
        """,
        seen=_steps(rows, since, until),
        **{
            name: words[name] or ""
            for name in ("type", "reason", "promise", "segment", "group")
        },
        **{name: list(words[name]) for name in ("solved", "ended", "facts", "no")},
    )


def standing(rows, ended, since, until):
    """Rows ``(case, activity, seconds it has been there, usual seconds)`` of the cases that stand still."""
    return SQL(
        """
        WITH %(seen)s,
        stays AS (
            SELECT case_key, activity, ts, lead(ts) OVER (PARTITION BY case_key ORDER BY ts, seq) AS left_at
              FROM steps WHERE before IS DISTINCT FROM activity),
        usual AS (
            SELECT activity,
                   GREATEST(%(least_s)s, percentile_cont(%(share)s)
                       WITHIN GROUP (ORDER BY date_part('epoch', left_at - ts))) AS seconds
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
        share=stalled.SHARE,
        least=stalled.LEAST,
        least_s=stalled.LEAST_SECONDS,
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
        told AS MATERIALIZED (
            SELECT *, min(ts) OVER (PARTITION BY case_key) AS began FROM (%(rows)s) AS told
             WHERE %(until)s::timestamp IS NULL OR ts <= %(until)s),
        ev AS MATERIALIZED (SELECT * FROM told WHERE %(since)s::timestamp IS NULL OR began >= %(since)s),
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
