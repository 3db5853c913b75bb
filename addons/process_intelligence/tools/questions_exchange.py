"""Questions for files: the events of the chosen cases, one by one."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations


def _told(relations: Relations, filters: Filters) -> SQL:
    """SELECT of every event behind the steps: ``case_id, position, activity, ts, resource, seq, begins``."""
    return SQL(
        """
        SELECT case_id, position, activity, told.ts, resource, told.seq, told.begins
          FROM (%s) AS done, LATERAL (VALUES
              (done.ts, done.seq, done.seq IS NOT DISTINCT FROM done.start_seq),
              (done.started_at, CASE WHEN done.start_seq <> done.seq THEN done.start_seq END, TRUE)
          ) AS told(ts, seq, begins) WHERE told.seq IS NOT NULL
        """,
        relations.steps(filters),
    )


def _with_steps(relations: Relations, filters: Filters, rows: SQL) -> SQL:
    """CTEs ``chosen``, ``steps`` and ``read_rows``: the events as the user may read them."""
    return SQL(
        "%s, steps AS (%s), read_rows AS NOT MATERIALIZED (%s)",
        relations.chosen(filters),
        _told(relations, filters),
        rows,
    )


CASE_BY_CASE = SQL("chosen.first_ts, chosen.case_key, steps.ts, steps.seq")
BY_TIME = SQL("steps.ts, steps.seq")
#: Rows of one event of an object-centric log lie together.
BY_EVENT = SQL(
    "steps.ts, min(steps.seq) OVER (PARTITION BY steps.ts, coalesce(origin, steps.seq::text)), steps.seq"
)
#: Events without objects of their own.
NO_OBJECTS = SQL(
    "SELECT NULL::int AS seq, NULL::text AS origin, NULL::jsonb AS objects, NULL::jsonb AS worn WHERE FALSE"
)


def events(
    relations: Relations,
    filters: Filters,
    rows: SQL,
    order: SQL,
    objects: SQL = NO_OBJECTS,
) -> SQL:
    """Rows ``(seq, case_key, activity, ts, resource, attributes, whether it begins a step, event, objects, worn)``.

    :param order: one of those above
    :param objects: SELECT of ``seq, origin, objects`` (``[[kind, object], …]``) ``, worn`` of an object-centric log
    """
    return SQL(
        """
        WITH %s
        SELECT steps.seq, chosen.case_key, steps.activity, steps.ts,
               CASE WHEN begins THEN read_rows.resource ELSE steps.resource END,
               CASE WHEN jsonb_typeof(read_rows.attributes) = 'object' THEN read_rows.attributes END, begins,
               origin, objects, worn
          FROM steps JOIN chosen ON chosen.id = steps.case_id LEFT JOIN read_rows ON read_rows.seq = steps.seq
          LEFT JOIN (%s) AS touched ON touched.seq = steps.seq
         ORDER BY %s
        """,
        _with_steps(relations, filters, rows),
        objects,
        order,
    )


def size(relations: Relations, filters: Filters) -> SQL:
    """One row ``(events,)``."""
    return SQL(
        "WITH %s SELECT coalesce(sum(length), 0)::int FROM chosen",
        relations.chosen(filters),
    )


def kinds(relations: Relations, filters: Filters, rows: SQL) -> SQL:
    """Rows ``(activity, name of an attribute, [kinds of its values])``."""
    return SQL(
        """
        WITH %s
        SELECT steps.activity, item.key,
               array_agg(DISTINCT CASE jsonb_typeof(item.value)
                   WHEN 'boolean' THEN 'boolean'
                   WHEN 'number' THEN CASE WHEN item.value::text ~ '^-?[0-9]{1,15}$' THEN 'integer' ELSE 'float' END
                   ELSE 'string' END)
          FROM steps JOIN read_rows ON read_rows.seq = steps.seq,
               LATERAL jsonb_each(CASE WHEN jsonb_typeof(read_rows.attributes) = 'object'
                                       THEN read_rows.attributes ELSE '{}' END) AS item
         WHERE jsonb_typeof(item.value) <> 'null' GROUP BY 1, 2 ORDER BY 1, 2
        """,
        _with_steps(relations, filters, rows),
    )


def linked_models(relations: Relations, filters: Filters, objects: SQL) -> SQL:
    """Rows ``(kind of record,)`` that events of the chosen cases touch."""
    return SQL(
        "WITH %s, steps AS (%s) SELECT DISTINCT case_model FROM (%s) AS item JOIN steps ON steps.seq = item.event_id",
        relations.chosen(filters),
        _told(relations, filters),
        objects,
    )


def links(relations: Relations, filters: Filters, objects: SQL, visible: SQL) -> SQL:
    """Rows ``(seq, case_key, role, kind of record, its id)`` of further records that events touch.

    :param objects: SELECT of ``event_id, role, case_model, case_id``
    :param visible: condition on ``item``
    """
    return SQL(
        """
        WITH %s, steps AS (%s)
        SELECT DISTINCT steps.seq, chosen.case_key, item.role, item.case_model, item.case_id
          FROM (%s) AS item JOIN steps ON steps.seq = item.event_id JOIN chosen ON chosen.id = steps.case_id
         WHERE %s ORDER BY 1, 3, 4, 5
        """,
        relations.chosen(filters),
        _told(relations, filters),
        objects,
        visible,
    )
