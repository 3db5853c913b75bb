"""What was known of cases before an outcome, and how often the outcome came, as SQL."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

SECONDS = SQL("date_part('epoch', last_ts - first_ts)")
#: What a case carries of an attribute that nobody filled in, see ``tools/stored.py``.
NOTHING = ["[]", "[null]", '[""]', '["", null]']


#: Plain numbers; leading zeros make a code of one.
NUMBER = r"^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$"
#: An attribute of more different numbers than this is also looked at in ranges.
FEW_NUMBERS = 10
RANGES = [0.25, 0.5, 0.75]
#: Values of a range that a filter can name.
MOST_VALUES = 200


class Outcome(NamedTuple):
    """How an outcome is told.

    :param ctes: up to ``chosen`` and ``steps`` at least
    :param came: SELECT of ``case_id, at``: the position at which the outcome is there, NULL: only at the end
    """

    ctes: SQL
    came: SQL


def _steps(relations, filters) -> SQL:
    """The CTEs ``chosen`` and ``steps``."""
    return SQL(
        "%s, steps AS NOT MATERIALIZED (%s)",
        relations.chosen(filters),
        relations.steps(filters),
    )


def slow_limit(relations: Relations, filters: Filters, finished: SQL, share) -> SQL:
    """One row ``(seconds,)``: this percentile of the time that finished cases took."""
    return SQL(
        "WITH %s SELECT percentile_cont(%s) WITHIN GROUP (ORDER BY %s) FROM chosen WHERE %s",
        relations.chosen(filters),
        share,
        SECONDS,
        finished,
    )


def slow(relations: Relations, filters: Filters, seconds: float) -> Outcome:
    return Outcome(
        _steps(relations, filters),
        SQL(
            "SELECT id AS case_id, NULL::bigint AS at FROM chosen WHERE %s > %s",
            SECONDS,
            seconds,
        ),
    )


def rework(relations: Relations, filters: Filters) -> Outcome:
    return Outcome(
        _steps(relations, filters),
        SQL("SELECT case_id, min(position) AS at FROM steps WHERE nth > 1 GROUP BY 1"),
    )


def activity(relations: Relations, filters: Filters, activity_id) -> Outcome:
    return Outcome(
        _steps(relations, filters),
        SQL(
            "SELECT case_id, position AS at FROM steps WHERE activity = %s AND nth = 1",
            activity_id,
        ),
    )


def broken(relations: Relations, filters: Filters, judged: SQL) -> Outcome:
    """:param judged: CTEs of ``questions_rules.judged`` of the same filters"""
    return Outcome(
        SQL("%s, steps AS NOT MATERIALIZED (%s)", judged, relations.steps(filters)),
        # A breach that a later step could have healed, or that time has made, is known only at the end.
        SQL(
            """
            SELECT case_id, CASE WHEN bool_or(NOT may_heal AND due = ts)
                                 THEN min(position) FILTER (WHERE NOT may_heal AND due = ts) END AS at
              FROM breaches GROUP BY case_id
            """
        ),
    )


def known_before(
    outcome: Outcome, rows: SQL, finished: SQL, steps: int, least: int
) -> SQL:
    """Rows ``(what, name, value, cases, hits)``.

    ``what``: ``all`` (cases looked at), ``left_out``, ``running``; ``ever`` and ``in_time`` (cases that carry the
    attribute ``name``); ``attribute``, ``start`` and ``has`` as ``policies.causes.Count`` (ids of activities as
    values), with at least ``least`` cases. ``range``: quarters of the numbers of an attribute, ``value`` is JSON
    ``[lowest, highest, [values] or null]``.

    :param rows: the events as the user may read them
    :param steps: how many first steps count as before; cases with fewer, or with the outcome within them, are left out
    """
    return SQL(
        """
        WITH %(ctes)s, came AS MATERIALIZED (%(came)s), judged_cases AS (
            SELECT chosen.id, attributes, came.case_id IS NOT NULL AS hit, length >= %(steps)s
                   AND coalesce(came.at > %(steps)s, TRUE) AS in_time, %(finished)s AS finished
              FROM chosen LEFT JOIN came ON came.case_id = chosen.id
        ), looked_at AS MATERIALIZED (
            SELECT id, attributes, hit FROM judged_cases WHERE finished AND in_time
        ), first_steps AS MATERIALIZED (
            SELECT steps.case_id, position, activity, seq, resource, hit
              FROM steps JOIN looked_at ON looked_at.id = steps.case_id WHERE position <= %(steps)s
        ), worn AS MATERIALIZED (
            SELECT %(once)s first_steps.case_id, hit, item.key AS name, item.value AS value
              FROM first_steps JOIN (%(rows)s) AS ev ON ev.seq = first_steps.seq,
                   LATERAL jsonb_each_text(
                       CASE jsonb_typeof(ev.attributes) WHEN 'object' THEN ev.attributes ELSE '{}' END
                       || jsonb_build_object('resource', first_steps.resource)) AS item
             WHERE item.value <> ''
        ), values_of AS MATERIALIZED (
            SELECT name, value, count(*) AS cases, count(*) FILTER (WHERE hit) AS hits FROM worn GROUP BY 1, 2
        ), numeric_names AS (
            SELECT name FROM values_of WHERE name <> 'resource'
             GROUP BY 1 HAVING count(*) > %(few)s AND bool_and(value ~ %(number)s)
        ), numbers AS MATERIALIZED (
            SELECT case_id, hit, name, value, CASE WHEN value ~ %(number)s THEN value::numeric END AS number
              FROM worn JOIN numeric_names USING (name)
        ), quarters AS (
            SELECT name, percentile_disc(%(ranges)s::float8[]) WITHIN GROUP (ORDER BY number) AS bounds
              FROM numbers GROUP BY 1
        )
        SELECT 'all' AS what, NULL::text AS name, NULL::text AS value, count(*), count(*) FILTER (WHERE hit)
          FROM looked_at
        UNION ALL SELECT 'left_out', NULL, NULL, count(*), 0 FROM judged_cases WHERE finished AND NOT in_time
        UNION ALL SELECT 'running', NULL, NULL, count(*), 0 FROM judged_cases WHERE NOT finished
        UNION ALL SELECT 'ever', item.key, NULL, count(*), 0
          FROM looked_at, LATERAL jsonb_each(attributes) AS item
         WHERE item.value::text <> ALL(%(nothing)s) GROUP BY 2
        UNION ALL SELECT 'in_time', name, NULL, count(*), 0
          FROM (SELECT DISTINCT case_id, name FROM worn) AS known GROUP BY 2
        UNION ALL SELECT 'attribute', name, value, cases, hits FROM values_of WHERE cases >= %(least)s
        UNION ALL SELECT 'range', name, jsonb_build_array(
                   min(number), max(number), CASE WHEN count(DISTINCT value) <= %(most)s
                                                  THEN to_jsonb(array_agg(DISTINCT value)) END)::text,
               count(DISTINCT case_id), count(DISTINCT case_id) FILTER (WHERE hit)
          FROM numbers JOIN quarters USING (name) GROUP BY name, width_bucket(number, bounds)
        HAVING count(DISTINCT case_id) >= %(least)s
        UNION ALL SELECT 'start', NULL, activity::text, count(*), count(*) FILTER (WHERE hit) FROM first_steps
         WHERE position = 1 GROUP BY 3 HAVING count(*) >= %(least)s
        UNION ALL SELECT 'has', NULL, activity::text, count(DISTINCT case_id),
               count(DISTINCT case_id) FILTER (WHERE hit)
          FROM first_steps WHERE %(steps)s > 1 GROUP BY 3 HAVING count(DISTINCT case_id) >= %(least)s
        """,
        ctes=outcome.ctes,
        came=outcome.came,
        once=SQL("DISTINCT" if steps > 1 else ""),  # one step carries an attribute once
        steps=steps,
        finished=finished,
        rows=rows,
        nothing=NOTHING,
        least=least,
        few=FEW_NUMBERS,
        number=NUMBER,
        ranges=RANGES,
        most=MOST_VALUES,
    )
