"""What has become noteworthy about cases since a moment, as SQL: those that stall, and work that comes back."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations
from .questions_work import NEXT_WHO, WHO
from .stored import reading_at

#: Columns of what ``found`` answers and of the table of findings alike.
COLUMNS = SQL(
    "case_key, case_model, case_id, company_id, kind, occurrence, activity, ts, became_at, limit_seconds, history,"
    " first_resource, other_resource"
)


class Look(NamedTuple):
    """When somebody looks, from when on something is news (naive UTC), and by which calendar (None: the clock)."""

    now: object
    since: object
    calendar_id: int | None


class Stalling(NamedTuple):
    """``running``: condition on ``chosen``; ``share``: the percentile that is the limit; ``least``: moves."""

    running: SQL
    share: float
    least: int


def stalled(relations: Relations, look: Look, stalling: Stalling) -> SQL:
    """CTEs up to ``waiting`` (``case_key, occurrence`` of the cases that run) and ``found`` (``COLUMNS``).

    The limit is that of ``questions_now.stalled``. An occurrence is the event after which the case waits.
    """
    nothing = Filters()
    business = look.calendar_id is not None
    return SQL(
        """
        %(chosen)s, steps AS MATERIALIZED (
            SELECT case_id, activity, next_activity, ts, seq, %(took)s AS took FROM (%(steps)s) AS every
        ), history AS MATERIALIZED (
            SELECT activity, count(*) AS history, percentile_cont(%(share)s) WITHIN GROUP (ORDER BY took) AS allowed
              FROM steps WHERE next_activity IS NOT NULL GROUP BY activity HAVING count(*) >= %(least)s
        ), waiting AS MATERIALIZED (
            SELECT case_key, case_model, chosen.case_id, company_id, steps.seq AS occurrence, steps.activity, steps.ts
              FROM chosen JOIN steps ON steps.case_id = chosen.id AND steps.next_activity IS NULL
             WHERE %(running)s AND steps.ts <= %(now)s
        ), found AS (
            SELECT case_key, case_model, case_id, company_id, 'stalled' AS kind, occurrence, %(activity)s AS activity,
                   ts, became_at, allowed AS limit_seconds, history,
                   NULL::varchar AS first_resource, NULL::varchar AS other_resource
              FROM waiting JOIN history USING (activity), LATERAL (SELECT %(due)s AS became_at) AS due
             WHERE became_at < %(now)s AND became_at >= %(since)s
        )
        """,
        chosen=relations.chosen(nothing),
        steps=relations.steps(nothing),
        share=stalling.share,
        took=SQL("open_seconds") if business else SQL("seconds"),
        least=stalling.least,
        running=stalling.running,
        activity=relations.names.told(SQL("activity")),
        due=_business_due(look.calendar_id) if business else DUE,
        now=look.now,
        since=look.since,
    )


DUE = SQL("ts + allowed * interval '1 second'")


def _business_due(calendar_id):
    """When the calendar had been open for ``allowed`` seconds since ``ts``; in its last opening before that."""
    return SQL(
        """
        (SELECT o.starts + (%(reading)s + allowed - o.before) * interval '1 second'
           FROM process_intelligence_opening AS o
          WHERE o.calendar_id = %(calendar)s AND o.before <= %(reading)s + allowed ORDER BY o.starts DESC LIMIT 1)
        """,
        reading=reading_at(calendar_id, SQL("ts")),
        calendar=calendar_id,
    )


def ping_pong(relations: Relations, look: Look) -> SQL:
    """CTEs up to ``found`` (``COLUMNS``): work that was handed on and straight back, as ``questions_work.ping_pong``.

    An occurrence is the step after which it went back; only cases that had a step since then are looked at.
    """
    return SQL(
        """
        %(ctes)s, chosen AS MATERIALIZED (
            SELECT id, case_key, case_model, case_id, company_id FROM cases WHERE last_ts >= %(since)s
        ), handovers AS (
            SELECT steps.case_id, seq, activity, ts, ts + seconds * interval '1 second' AS became_at,
                   %(who)s AS who, %(next_who)s AS next_who,
                   lag(%(who)s) OVER turns AS first, lag(%(next_who)s) OVER turns AS other
              FROM (%(steps)s) AS steps
             WHERE next_activity IS NOT NULL AND %(who)s <> %(next_who)s
               AND steps.case_id = ANY (ARRAY(SELECT id FROM chosen))
            WINDOW turns AS (PARTITION BY steps.case_id ORDER BY position)
        ), found AS (
            SELECT case_key, case_model, chosen.case_id, company_id, 'pingpong' AS kind, seq AS occurrence,
                   %(activity)s AS activity, ts, became_at, NULL::float8 AS limit_seconds, NULL::int AS history,
                   first AS first_resource, other AS other_resource
              FROM handovers JOIN chosen ON chosen.id = handovers.case_id
             WHERE first = next_who AND other = who AND became_at >= %(since)s AND became_at <= %(now)s
        )
        """,
        ctes=relations.ctes,
        steps=relations.steps(Filters()),
        who=WHO,
        next_who=NEXT_WHO,
        activity=relations.names.told(SQL("activity")),
        since=look.since,
        now=look.now,
    )


def note(found: SQL, definition_id: int, company_id: int | None, now) -> SQL:
    """Write down what was found and is not on record yet. Rows ``(id,)``.

    :param found: the CTEs of ``stalled`` or ``ping_pong``
    """
    return SQL(
        """
        WITH %s
        INSERT INTO process_intelligence_finding (definition_id, noted_at, %s)
        SELECT %s, %s, case_key, case_model, case_id, coalesce(company_id, %s), kind, occurrence, activity, ts,
               became_at, limit_seconds, history, first_resource, other_resource FROM found
            ON CONFLICT DO NOTHING RETURNING id
        """,
        found,
        COLUMNS,
        definition_id,
        now,
        company_id,
    )


def moved_on(relations: Relations, definition_id: int, running: SQL, now) -> SQL:
    """Say of stalled cases that went on, or came to their end, that they do not wait any more.

    ``chosen`` are only the cases that were stalled: whatever else the process has is not read.
    """
    return SQL(
        """
        WITH %(ctes)s, chosen AS MATERIALIZED (
            SELECT id, case_key FROM cases
             WHERE %(running)s
               AND case_key IN (SELECT case_key FROM process_intelligence_finding
                                 WHERE definition_id = %(definition)s AND kind = 'stalled' AND ended_at IS NULL)
        ), waiting AS MATERIALIZED (
            SELECT case_key, steps.seq FROM (%(steps)s) AS steps JOIN chosen ON chosen.id = steps.case_id
             WHERE steps.next_activity IS NULL AND steps.case_id = ANY (ARRAY(SELECT id FROM chosen))
        )
        UPDATE process_intelligence_finding AS finding SET ended_at = %(now)s
         WHERE definition_id = %(definition)s AND kind = 'stalled' AND ended_at IS NULL
           AND NOT EXISTS (SELECT FROM waiting
                            WHERE waiting.case_key = finding.case_key AND waiting.seq = finding.occurrence)
        """,
        ctes=relations.ctes,
        steps=relations.steps(Filters()),
        running=running,
        definition=definition_id,
        now=now,
    )
