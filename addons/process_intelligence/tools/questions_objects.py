"""Questions about all objects that events touch, each kind with a flow of its own, as SQL."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

FLOW, KIND, ACTIVITY = "flow", "kind", "activity"


class Row(NamedTuple):
    """Of ``told``: what it tells, of which kind, from which activity to which, and its figures.

    ``flow``: counts are moves and those of them that come first, percentiles the median and 95th of their seconds, a
    move to None is an end; ``kind``: objects, events, of these with several objects of the kind, objects with a
    repeated activity; ``activity``: events, of these with several objects.
    """

    what: str
    kind: str | None
    activity: int | None
    next_activity: int | None
    counts: list[int]
    percentiles: list[float] | None


def touched(relations: Relations, filters: Filters, links: SQL) -> SQL:
    """CTEs up to ``touched``: each event of each object once, as ``kind, object, event, activity, ts, seq``.

    :param links: SELECT of the same of ``step`` and what its event touches; ``event`` is the same for steps that
        several cases share
    """
    return SQL(
        """
        %s, step AS NOT MATERIALIZED (%s), links AS MATERIALIZED (%s), touched AS MATERIALIZED (
            SELECT kind, object, event, min(activity) AS activity, min(ts) AS ts, min(seq) AS seq
              FROM links GROUP BY kind, object, event
        )
        """,
        relations.chosen(filters),
        relations.steps(filters),
        links,
    )


def told(touched_: SQL) -> SQL:
    """Rows as ``Row``; one question, so that what is touched is worked out once."""
    return SQL(
        """
        WITH %s, moves AS (
            SELECT kind, activity, lead(activity) OVER story AS next_activity,
                   date_part('epoch', lead(ts) OVER story - ts) AS seconds,
                   row_number() OVER story AS position
              FROM touched WINDOW story AS (PARTITION BY kind, object ORDER BY ts, seq)
        ), events AS (
            SELECT kind, count(*) AS events, count(*) FILTER (WHERE objects > 1) AS several
              FROM (SELECT kind, event, count(*) AS objects FROM touched GROUP BY kind, event) AS of_event GROUP BY kind
        ), objects AS (
            SELECT kind, count(*) AS objects, count(*) FILTER (WHERE most > 1) AS repeated
              FROM (SELECT kind, object, max(times) AS most
                      FROM (SELECT kind, object, activity, count(*) AS times
                              FROM touched GROUP BY kind, object, activity) AS of_activity
                     GROUP BY kind, object) AS of_object GROUP BY kind
        )
        SELECT %s, kind, activity, next_activity, ARRAY[count(*), count(*) FILTER (WHERE position = 1)],
               percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds)
          FROM moves GROUP BY kind, activity, next_activity
         UNION ALL
        SELECT %s, kind, NULL, NULL, ARRAY[objects, events, several, repeated], NULL
          FROM events JOIN objects USING (kind)
         UNION ALL
        SELECT %s, NULL, activity, NULL, ARRAY[count(*), count(*) FILTER (WHERE objects > 1)], NULL
          FROM (SELECT min(activity) AS activity, count(*) AS objects FROM touched GROUP BY event) AS of_event
         GROUP BY activity
        """,
        touched_,
        FLOW,
        KIND,
        ACTIVITY,
    )


def found(
    touched_: SQL, kind: str, activity: int | None, following: int | None, limit: int
) -> SQL:
    """Rows ``(object, how many there are in all, seq of its events)`` of a kind, those with most events first.

    :param activity: only objects to which it happens
    :param following: and this next
    """
    wanted = SQL("TRUE")
    if activity is not None:
        wanted = SQL("activity = %s", activity)
    if following is not None:
        wanted = SQL("%s AND next_activity = %s", wanted, following)
    return SQL(
        """
        WITH %s, moves AS (
            SELECT object, activity, seq, lead(activity) OVER story AS next_activity
              FROM touched WHERE kind = %s WINDOW story AS (PARTITION BY object ORDER BY ts, seq)
        )
        SELECT object, count(*) OVER (), array_agg(seq ORDER BY seq)
          FROM moves GROUP BY object HAVING bool_or(%s) ORDER BY count(*) DESC, object LIMIT %s
        """,
        touched_,
        kind,
        wanted,
        limit,
    )


def repeated(relations: Relations, filters: Filters) -> SQL:
    """One row: the chosen cases in which an activity happens more than once."""
    return SQL(
        "WITH %s SELECT count(DISTINCT case_id) FROM (%s) AS steps WHERE nth > 1",
        relations.chosen(filters),
        relations.steps(filters),
    )


def models_of(objects: SQL) -> SQL:
    """Rows ``(kind of record,)`` that events touch, of any process."""
    return SQL("SELECT DISTINCT case_model FROM (%s) AS item", objects)


def of_log(kind: str, rows: SQL) -> SQL:
    """Links of an imported log: what each event says it touches, else its case.

    :param rows: SELECT of ``seq, origin, objects`` (``[[kind, object], …]``) of the events that the user may read
    """
    return SQL(
        """
        SELECT coalesce(pair ->> 0, %s) COLLATE "C" AS kind,
               coalesce(pair ->> 1, chosen.case_key) COLLATE "C" AS object,
               coalesce(origin, seq::text) COLLATE "C" AS event, activity, ts, seq
          FROM step JOIN chosen ON chosen.id = step.case_id JOIN (%s) AS read_rows USING (seq)
          LEFT JOIN LATERAL jsonb_array_elements(
              CASE jsonb_typeof(objects) WHEN 'array' THEN objects ELSE '[]' END
          ) AS pair ON TRUE
        """,
        kind,
        rows,
    )


def of_ledger(objects: SQL, visible: SQL) -> SQL:
    """Links of the ledger beside the cases: further records that are no cases of this process.

    :param objects: SELECT of ``event_id, role, case_model, case_id``
    :param visible: condition on ``item``
    """
    return SQL(
        """
        SELECT item.case_model COLLATE "C" AS kind, (item.case_model || ',' || item.case_id) COLLATE "C" AS object,
               seq AS event, activity, ts, seq
          FROM (%s) AS item JOIN step ON step.seq = item.event_id
         WHERE %s AND NOT EXISTS (SELECT FROM chosen
                                   WHERE chosen.case_key = item.case_model || ',' || item.case_id)
        """,
        objects,
        visible,
    )
