"""Questions about single cases of a process, as SQL over the relations of ``questions.py``."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

SECONDS = SQL("date_part('epoch', last_ts - first_ts)")


def ways(relations: Relations, filters: Filters, finished: SQL, limit: int) -> SQL:
    """Rows ``(path, cases, median seconds, number of different paths, cases of all paths)``, most frequent first.

    :param finished: condition on ``chosen``; the median of a way that still runs is None
    """
    return SQL(
        """
        WITH %(chosen)s
        SELECT path, count(*) AS cases,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY %(seconds)s) FILTER (WHERE %(finished)s),
               count(*) OVER (), sum(count(*)) OVER ()
          FROM chosen GROUP BY path ORDER BY cases DESC, path LIMIT %(limit)s
        """,
        chosen=relations.chosen(filters),
        seconds=SECONDS,
        finished=finished,
        limit=limit,
    )


def cases(relations: Relations, filters: Filters, limit: int, offset: int) -> SQL:
    """Rows ``(case key, model, id, first, last, steps, seconds, path)``, the longest first."""
    return SQL(
        """
        WITH %(chosen)s
        SELECT case_key, case_model, case_id, first_ts, last_ts, length, %(seconds)s AS took, path
          FROM chosen ORDER BY took DESC, case_key COLLATE "C" LIMIT %(limit)s OFFSET %(offset)s
        """,
        chosen=relations.chosen(filters),
        seconds=SECONDS,
        limit=limit,
        offset=offset,
    )


def case_steps(relations: Relations, case_key: str) -> SQL:
    """Rows ``(activity, moment, resource, seconds to the next step, the same in business time)``, in order."""
    return SQL(
        """
        WITH %s, chosen AS (SELECT * FROM cases WHERE case_key = %s)
        SELECT steps.activity, steps.ts, steps.resource, steps.seconds, steps.open_seconds
          FROM (%s) AS steps WHERE steps.case_id IN (SELECT id FROM chosen) ORDER BY steps.position
        """,
        relations.ctes,
        case_key,
        relations.steps(Filters()),
    )


def spread(relations: Relations, filters: Filters, finished: SQL) -> SQL:
    """One row ``(cases, mean, shortest, longest, [p25, p50, p75, p90, p95])`` of the seconds finished cases took.

    :param finished: condition on ``chosen``
    """
    return SQL(
        """
        WITH %(chosen)s
        SELECT count(*), avg(%(seconds)s), min(%(seconds)s), max(%(seconds)s),
               percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY %(seconds)s)
          FROM chosen WHERE %(finished)s
        """,
        chosen=relations.chosen(filters),
        seconds=SECONDS,
        finished=finished,
    )


def bins(
    relations: Relations, filters: Filters, finished: SQL, edges: list[float]
) -> SQL:
    """Rows ``(bin from 1 on, finished cases)``; a bin holds its lower edge, the last one is open."""
    return SQL(
        "WITH %s SELECT width_bucket(%s, %s::float8[]) AS bin, count(*) FROM chosen WHERE %s GROUP BY bin",
        relations.chosen(filters),
        SECONDS,
        edges,
        finished,
    )
