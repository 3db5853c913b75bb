"""Events as cases and steps, in SQL. The writer keeps what this says, and a reader works out anew what is stale by it.

A relation of *events* has ``(case_key, case_model, case_id, activity, ts, seq, resource, company_id, attributes)``;
the order within a case is ``(ts, seq)``. A step is one event, or a start and the completion that belongs to it:
see ``_PAIRS``. Of a step with a start, working is the time from there to its end; of others it is what was logged.
"""

from odoo.tools import SQL

#: Columns of ``built_steps`` and of the table of steps alike.
STEP_COLUMNS = SQL(
    "position, activity, next_activity, nth, pair_nth, ts, seconds, open_seconds, resource, next_resource, seq,"
    " started_at, start_seq, working, open_working, waiting, open_waiting"
)
#: Columns of ``built_cases`` and of the table of cases alike.
CASE_COLUMNS = SQL(
    "case_key, case_model, case_id, company_id, mixed, first_ts, last_ts, length, open_span, path, attributes"
)
BETWEEN = SQL("date_part('epoch', lead(ts) OVER in_case - ts)")
#: What an event says about its activity: start, complete, or anything else. As in CSV and the ledger, then as in XES.
TRANSITION = SQL(
    "lower(btrim(coalesce(ev.attributes ->> 'lifecycle', ev.attributes ->> 'lifecycle:transition')))"
)
#: Work that somebody logged for the step: seconds or hours, a number that is not below 0; else nothing was logged.
LOGGED = SQL(
    """
    CASE WHEN attributes ->> 'logged_seconds' ~ %(number)s THEN (attributes ->> 'logged_seconds')::float8
         WHEN attributes ->> 'logged_hours' ~ %(number)s THEN (attributes ->> 'logged_hours')::float8 * 3600 END
    """,
    number=r"^[0-9]{1,9}([.][0-9]{1,20})?$",
)


def built(
    events: SQL,
    definition_id: int,
    calendar_id: int | None,
    new_names=(),
    *,
    lean: bool = False,
) -> SQL:
    """CTEs ``built_steps`` (with ``case_key``) and ``built_cases`` of a relation of events.

    :param new_names: ``(name, id)`` of activities that the process does not know yet
    :param lean: work out only the columns of steps that are asked for, each time they are asked for
    """
    return SQL(
        """
        told AS MATERIALIZED (
            SELECT ev.*, named.id AS activity_id, %s AS reading, %s AS transition
              FROM (%s) AS ev JOIN %s ON named.name = ev.activity
        ),
        %s,
        built_steps AS %s (%s),
        built_cases AS NOT MATERIALIZED (%s)
        """,
        _reading(calendar_id),
        TRANSITION,
        events,
        _named(definition_id, new_names),
        _PAIRS,
        SQL("NOT MATERIALIZED" if lean else "MATERIALIZED"),
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


def _queue(turns: SQL, by: SQL) -> SQL:
    """Rows ``(start_seq, seq)``: the first start that waits belongs to the first completion, within each ``by``.

    Completions that no start waits for are left over: as many as the balance of starts and completions has
    fallen below nothing. So the n-th of the others belongs to the n-th start.
    """
    return SQL(
        """
        SELECT begun.seq AS start_seq, done.seq
          FROM (SELECT *, starts AS place FROM (%(counted)s) AS counted WHERE begins) AS begun
          JOIN (SELECT *, ends + low AS place,
                       low <> lag(low, 1, 0::bigint) OVER (PARTITION BY %(by)s ORDER BY ts, seq) AS over
                  FROM (SELECT *, least(0, min(starts - ends) OVER (PARTITION BY %(by)s ORDER BY ts, seq)) AS low
                          FROM (%(counted)s) AS counted) AS lows) AS done USING (%(by)s, place)
         WHERE NOT done.begins AND NOT done.over
        """,
        by=by,
        counted=SQL(
            """
            SELECT *, count(*) FILTER (WHERE begins) OVER queue AS starts,
                   count(*) FILTER (WHERE NOT begins) OVER queue AS ends
              FROM %s AS turns WINDOW queue AS (PARTITION BY %s ORDER BY ts, seq)
            """,
            turns,
            by,
        ),
    )


#: Which start and completion are one step: of the same case, activity and resource, first in first out; what is left
#: over then, whoever did it. An event that says nothing of this completes, where its case has starts of its activity.
#: ``life_acts``: the events that stand for a step, at its end; a start that was never completed stands for itself.
#: These CTEs have names that no question takes.
_PAIRS = SQL(
    """
    life_begun AS MATERIALIZED (SELECT DISTINCT case_key, activity_id FROM told WHERE transition = 'start'),
    life_turns AS MATERIALIZED (
        SELECT case_key, activity_id, coalesce(resource, '') AS who, ts, seq,
               coalesce(transition = 'start', FALSE) AS begins
          FROM told JOIN life_begun USING (case_key, activity_id)
         WHERE coalesce(transition, 'complete') IN ('start', 'complete')
    ),
    life_same_hand AS MATERIALIZED (%s),
    life_left_over AS MATERIALIZED (
        SELECT life_turns.* FROM life_turns LEFT JOIN (
            SELECT seq FROM life_same_hand UNION ALL SELECT start_seq FROM life_same_hand
        ) AS found USING (seq) WHERE found.seq IS NULL
    ),
    life_pairs AS MATERIALIZED (
        SELECT found.seq, told.seq AS start_seq, told.ts AS started_at, told.reading AS start_reading,
               told.company_id AS start_company_id
          FROM (SELECT * FROM life_same_hand UNION ALL %s) AS found JOIN told ON told.seq = found.start_seq
    ),
    life_acts AS NOT MATERIALIZED (
        SELECT told.*, CASE WHEN transition = 'start' THEN told.seq ELSE life_pairs.start_seq END AS start_seq,
               CASE WHEN transition = 'start' THEN ts ELSE life_pairs.started_at END AS started_at,
               CASE WHEN transition = 'start' THEN reading ELSE life_pairs.start_reading END AS start_reading,
               life_pairs.seq IS NOT NULL AS paired, life_pairs.start_company_id
          FROM told LEFT JOIN life_pairs ON life_pairs.seq = told.seq
          LEFT JOIN life_pairs AS ended ON ended.start_seq = told.seq
         WHERE ended.seq IS NULL
    )
    """,
    _queue(SQL("life_turns"), SQL("case_key, activity_id, who")),
    _queue(SQL("life_left_over"), SQL("case_key, activity_id")),
)
_STEPS = SQL(
    """
    SELECT case_key, position, activity, next_activity, nth,
           CASE WHEN next_activity IS NOT NULL
                THEN row_number() OVER (PARTITION BY case_key, activity, next_activity ORDER BY position)
           END AS pair_nth,
           ts, seconds, open_seconds, resource, next_resource, seq,
           started_at, start_seq, working, open_working, waiting, open_waiting
      FROM (
        SELECT case_key, activity_id AS activity, ts, seq, resource,
               row_number() OVER in_case AS position,
               row_number() OVER (PARTITION BY case_key, activity_id ORDER BY ts, seq) AS nth,
               lead(activity_id) OVER in_case AS next_activity,
               lead(resource) OVER in_case AS next_resource,
               %s AS seconds,
               lead(reading) OVER in_case - reading AS open_seconds,
               started_at, start_seq,
               CASE WHEN paired THEN date_part('epoch', ts - started_at) ELSE logged END AS working,
               CASE WHEN paired THEN reading - start_reading ELSE reading * 0 + logged END AS open_working,
               CASE WHEN lag(ts) OVER in_case IS NULL THEN NULL
                    WHEN lag(ts) OVER in_case >= started_at THEN 0
                    WHEN started_at IS NOT NULL THEN date_part('epoch', started_at - lag(ts) OVER in_case)
                    WHEN logged IS NOT NULL THEN greatest(0, %s - logged) END AS waiting,
               CASE WHEN lag(ts) OVER in_case IS NULL THEN NULL
                    WHEN lag(ts) OVER in_case >= started_at THEN reading * 0
                    WHEN started_at IS NOT NULL THEN start_reading - lag(reading) OVER in_case
                    WHEN logged IS NOT NULL THEN greatest(reading * 0, reading - lag(reading) OVER in_case - logged)
               END AS open_waiting
          FROM (SELECT *, %s AS logged FROM life_acts) AS acts
        WINDOW in_case AS (PARTITION BY case_key ORDER BY ts, seq)
      ) AS moves
    """,
    BETWEEN,
    SQL("date_part('epoch', ts - lag(ts) OVER in_case)"),
    LOGGED,
)
_CASES = SQL(
    """
    SELECT spans.*, worn.attributes FROM (
        SELECT case_key, min(case_model) AS case_model, min(case_id) AS case_id, min(company_id) AS company_id,
               count(company_id) NOT IN (0, count(*)) OR coalesce(min(company_id) <> max(company_id), FALSE)
                   OR bool_or(paired AND start_company_id IS DISTINCT FROM company_id) AS mixed,
               min(least(ts, started_at)) AS first_ts, max(ts) AS last_ts, count(*) AS length,
               max(reading) - min(least(reading, start_reading)) AS open_span,
               ',' || string_agg(activity_id::text, ',' ORDER BY ts, seq) || ',' AS path
          FROM life_acts GROUP BY case_key
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
