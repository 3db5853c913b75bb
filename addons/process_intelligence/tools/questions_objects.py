"""Questions about all objects that events touch, each kind with a flow of its own, as SQL."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations


def touched(relations: Relations, filters: Filters, links: SQL) -> SQL:
    """CTEs ``happened`` (each event once: ``event, activity, ts, seq``) and ``touched`` (``event, kind, object``).

    :param links: SELECT of ``seq, event, kind, object``: what the events of ``steps`` touch, the case itself too;
        ``event`` is the same for steps that several cases share
    """
    return SQL(
        """
        %s, steps AS MATERIALIZED (
            SELECT chosen.case_key, step.activity, step.ts, step.seq
              FROM (%s) AS step JOIN chosen ON chosen.id = step.case_id
        ), links AS MATERIALIZED (%s), happened AS MATERIALIZED (
            SELECT DISTINCT ON (links.event) links.event, activity, ts, steps.seq
              FROM links JOIN steps USING (seq) ORDER BY links.event, steps.seq
        ), touched AS MATERIALIZED (SELECT DISTINCT event, kind, object FROM links)
        """,
        relations.chosen(filters),
        relations.steps(filters),
        links,
    )


def flows(touched_: SQL) -> SQL:
    """Rows ``(kind, activity, next activity or None at the end, count, of these first, [p50, p95])``."""
    return SQL(
        """
        WITH %s, moves AS (
            SELECT kind, activity, lead(activity) OVER story AS next_activity,
                   date_part('epoch', lead(ts) OVER story - ts) AS seconds,
                   row_number() OVER story AS position
              FROM touched JOIN happened USING (event) WINDOW story AS (PARTITION BY kind, object ORDER BY ts, seq)
        )
        SELECT kind, activity, next_activity, count(*), count(*) FILTER (WHERE position = 1),
               percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds)
          FROM moves GROUP BY kind, activity, next_activity
        """,
        touched_,
    )


def counts(touched_: SQL) -> SQL:
    """Rows ``(activity, events, of these that several objects share)``; each event counts once."""
    return SQL(
        """
        WITH %s
        SELECT activity, count(*), count(*) FILTER (WHERE objects > 1)
          FROM happened JOIN (SELECT event, count(*) AS objects FROM touched GROUP BY event) AS many USING (event)
         GROUP BY activity
        """,
        touched_,
    )


def kinds(touched_: SQL) -> SQL:
    """Rows ``(kind, objects, events, of these with several objects of the kind, objects with a repeated activity)``."""
    return SQL(
        """
        WITH %s, events AS (
            SELECT kind, count(*) AS events, count(*) FILTER (WHERE objects > 1) AS several
              FROM (SELECT kind, event, count(*) AS objects FROM touched GROUP BY kind, event) AS of_event GROUP BY kind
        ), objects AS (
            SELECT kind, count(*) AS objects, count(*) FILTER (WHERE most > 1) AS repeated
              FROM (SELECT kind, object, max(times) AS most
                      FROM (SELECT kind, object, activity, count(*) AS times
                              FROM touched JOIN happened USING (event) GROUP BY kind, object, activity) AS of_activity
                     GROUP BY kind, object) AS of_object GROUP BY kind
        )
        SELECT kind, objects, events, several, repeated FROM events JOIN objects USING (kind)
        """,
        touched_,
    )


def found(
    touched_: SQL, kind: str, activity: int | None, following: int | None, limit: int
) -> SQL:
    """Rows ``(object, how many there are in all, seq of its events)`` of a kind, those with most events first.

    :param activity: only objects to which it happens
    :param following: and this next
    """
    wanted = SQL("kind = %s", kind)
    if activity is not None:
        wanted = SQL("%s AND activity = %s", wanted, activity)
    if following is not None:
        wanted = SQL("%s AND next_activity = %s", wanted, following)
    return SQL(
        """
        WITH %s, moves AS (
            SELECT kind, object, activity, seq, lead(activity) OVER story AS next_activity
              FROM touched JOIN happened USING (event) WHERE kind = %s
            WINDOW story AS (PARTITION BY kind, object ORDER BY ts, seq)
        )
        SELECT object, count(*) OVER (), array_agg(seq ORDER BY seq)
          FROM moves WHERE object IN (SELECT object FROM moves WHERE %s)
         GROUP BY object ORDER BY count(*) DESC, object LIMIT %s
        """,
        touched_,
        kind,
        wanted,
        limit,
    )


def of_cases(kind: str) -> SQL:
    """Links of a log that tells of cases only."""
    return SQL(
        "SELECT seq, seq::text AS event, %s::text AS kind, case_key AS object FROM steps",
        kind,
    )


def of_log(kind: str, rows: SQL) -> SQL:
    """Links of an imported log: what each event says it touches, else its case.

    :param rows: SELECT of ``seq, origin, objects`` (``[[kind, object], …]``) of the events that the user may read
    """
    return SQL(
        """
        SELECT steps.seq, coalesce(origin, steps.seq::text) AS event, coalesce(pair ->> 0, %s) AS kind,
               coalesce(pair ->> 1, steps.case_key) AS object
          FROM steps JOIN (%s) AS read_rows USING (seq)
          LEFT JOIN LATERAL jsonb_array_elements(
              CASE jsonb_typeof(objects) WHEN 'array' THEN objects ELSE '[]' END
          ) AS pair ON TRUE
        """,
        kind,
        rows,
    )


def of_ledger(kind: str, objects: SQL, visible: SQL) -> SQL:
    """Links of the ledger: the case, and further records that are no cases of this process.

    :param objects: SELECT of ``event_id, role, case_model, case_id``
    :param visible: condition on ``item``
    """
    return SQL(
        """
        %s UNION ALL
        SELECT steps.seq, steps.seq::text, item.case_model, item.case_model || ',' || item.case_id
          FROM (%s) AS item JOIN steps ON steps.seq = item.event_id
         WHERE %s AND NOT EXISTS (SELECT FROM chosen
                                   WHERE chosen.case_key = item.case_model || ',' || item.case_id)
        """,
        of_cases(kind),
        objects,
        visible,
    )
