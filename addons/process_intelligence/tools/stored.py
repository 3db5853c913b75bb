"""Events as cases and steps, in SQL. The writer keeps what this says, and a reader works out anew what is stale by it.

A relation of *events* has ``(case_key, case_model, case_id, activity, ts, seq, resource, company_id, attributes)``;
the order within a case is ``(ts, seq)``.
"""

from odoo.tools import SQL

#: Columns of ``built_steps`` and of the table of steps alike.
STEP_COLUMNS = SQL(
    "position, activity, next_activity, nth, pair_nth, ts, seconds, open_seconds, resource, next_resource, seq"
)
#: Columns of ``built_cases`` and of the table of cases alike.
CASE_COLUMNS = SQL(
    "case_key, case_model, case_id, company_id, mixed, first_ts, last_ts, length, open_span, path, attributes"
)
BETWEEN = SQL("date_part('epoch', lead(ts) OVER in_case - ts)")


def built(
    events: SQL, definition_id: int, calendar_id: int | None, new_names=()
) -> SQL:
    """CTEs ``built_steps`` (with ``case_key``) and ``built_cases`` of a relation of events.

    :param new_names: ``(name, id)`` of activities that the process does not know yet
    """
    return SQL(
        """
        told AS MATERIALIZED (
            SELECT ev.*, named.id AS activity_id, %s AS reading FROM (%s) AS ev JOIN %s ON named.name = ev.activity
        ),
        built_steps AS MATERIALIZED (%s),
        built_cases AS NOT MATERIALIZED (%s)
        """,
        _reading(calendar_id),
        events,
        _named(definition_id, new_names),
        _STEPS,
        _CASES,
    )


def _named(definition_id, new_names):
    """Which id a name counts as; names that are left out are missing."""
    known = SQL(
        """
        SELECT name, coalesce(shown_as_id, id) AS id FROM process_intelligence_activity
         WHERE definition_id = %s AND NOT coalesce(ignored, FALSE)
        """,
        definition_id,
    )
    if new_names:
        known = SQL(
            "%s UNION ALL SELECT name, id FROM unnest(%s::text[], %s::int[]) AS new_names(name, id)",
            known,
            [name for name, _id in new_names],
            [id_ for _name, id_ in new_names],
        )
    return SQL("(%s) AS named", known)


def _reading(calendar_id):
    """Seconds that the calendar was open up to the event; as ``policies/openings.reading``."""
    if not calendar_id:
        return SQL("NULL::float8")
    return reading_at(calendar_id, SQL("ev.ts"))


def reading_at(calendar_id: int, moment: SQL) -> SQL:
    """Seconds that the calendar was open up to a moment that its openings cover."""
    return SQL(
        """
        coalesce((SELECT o.before + date_part('epoch', least(%(at)s, o.ends) - o.starts)
                    FROM process_intelligence_opening AS o
                   WHERE o.calendar_id = %(calendar)s AND o.starts <= %(at)s ORDER BY o.starts DESC LIMIT 1), 0)
        """,
        at=moment,
        calendar=calendar_id,
    )


_STEPS = SQL(
    """
    SELECT case_key, position, activity, next_activity, nth,
           CASE WHEN next_activity IS NOT NULL
                THEN row_number() OVER (PARTITION BY case_key, activity, next_activity ORDER BY position)
           END AS pair_nth,
           ts, seconds, open_seconds, resource, next_resource, seq
      FROM (
        SELECT case_key, activity_id AS activity, ts, seq, resource,
               row_number() OVER in_case AS position,
               row_number() OVER (PARTITION BY case_key, activity_id ORDER BY ts, seq) AS nth,
               lead(activity_id) OVER in_case AS next_activity,
               lead(resource) OVER in_case AS next_resource,
               %s AS seconds,
               lead(reading) OVER in_case - reading AS open_seconds
          FROM told WINDOW in_case AS (PARTITION BY case_key ORDER BY ts, seq)
      ) AS moves
    """,
    BETWEEN,
)
_CASES = SQL(
    """
    SELECT spans.*, worn.attributes FROM (
        SELECT case_key, min(case_model) AS case_model, min(case_id) AS case_id, min(company_id) AS company_id,
               count(company_id) NOT IN (0, count(*)) OR coalesce(min(company_id) <> max(company_id), FALSE) AS mixed,
               min(ts) AS first_ts, max(ts) AS last_ts, count(*) AS length,
               max(reading) - min(reading) AS open_span,
               ',' || string_agg(activity_id::text, ',' ORDER BY ts, seq) || ',' AS path
          FROM told GROUP BY case_key
    ) AS spans LEFT JOIN (
        SELECT case_key,
               jsonb_object_agg(
                   name, worn || CASE WHEN carried < told_of THEN '[null]'::jsonb ELSE '[]'::jsonb END
               ) AS attributes
          FROM (
            SELECT case_key, key AS name, count(value) AS carried,
                   coalesce(jsonb_agg(DISTINCT value) FILTER (WHERE value IS NOT NULL), '[]'::jsonb) AS worn
              FROM told, LATERAL jsonb_each_text(%s) GROUP BY case_key, key
          ) AS per_name
          JOIN (SELECT case_key, count(*) AS told_of FROM told GROUP BY case_key) AS lengths USING (case_key)
         GROUP BY case_key
    ) AS worn USING (case_key)
    """,
    # The name resource means the resource of the event, as in filters.
    SQL(
        """
        CASE jsonb_typeof(told.attributes) WHEN 'object' THEN told.attributes ELSE '{}' END
        || jsonb_build_object('resource', told.resource)
        """
    ),
)
