"""One case and the way that cases like it usually go, as SQL over the relations of ``questions.py``."""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations
from .stored import reading_at

SHARES = [share / 100 for share in range(1, 100)]


def own_steps(
    relations: Relations, case_key: str, read_now: SQL | None, most: int
) -> SQL:
    """Rows ``(path, activity, moment, resource, seconds, open seconds, [open seconds since])``, in order.

    The first ``most`` steps and the last one.

    :param read_now: open seconds from ``steps.ts`` until now; None without a calendar
    """
    return SQL(
        """
        WITH %(ctes)s, chosen AS (SELECT * FROM cases WHERE case_key = %(key)s)
        SELECT chosen.path, steps.activity, steps.ts, steps.resource, steps.seconds, steps.open_seconds,
               CASE WHEN steps.next_activity IS NULL THEN %(since)s END
          FROM (%(steps)s) AS steps JOIN chosen ON chosen.id = steps.case_id
         WHERE steps.position <= %(most)s OR steps.next_activity IS NULL ORDER BY steps.position
        """,
        ctes=relations.ctes,
        key=case_key,
        since=read_now or SQL("NULL"),
        steps=relations.steps(Filters()),
        most=most,
    )


class Usual(NamedTuple):
    """How cases go: the most frequent way, and what comes after one activity, when."""

    path: str | None
    cases: int | None  # that went it
    total: int | None  # ended ones that began so
    moves: int
    quantiles: list[float] | None  # seconds at 1 %, 2 %, ... 99 %
    next_activity: int | None  # the most frequent one
    times: int | None


class Anew(NamedTuple):
    """What is told of cases that had to be worked out anew; lists are columns.

    :param unknown: activities without an id, which are missing in the rest
    :param first, last: events
    :param cases, paths, lengths: each such case; its path where it ended and began as wanted, else None
    :param movers, nexts, took: their moves from the activity
    """

    unknown: list[str]
    first: datetime | None
    last: datetime | None
    cases: list[int]
    paths: list[str | None]
    lengths: list[int]
    movers: list[int]
    nexts: list[int]
    took: list[float]


NOTHING_ANEW = Anew([], None, None, [], [], [], [], [], [])


def anew(
    relations: Relations,
    finished: SQL,
    first: int,
    activity: int,
    calendar_id: int | None,
) -> SQL:
    """One row as ``Anew``.

    :param relations: with the CTE ``ev``, see ``_relations_anew``
    :param finished: condition on ``path``
    :param calendar_id: seconds are those that it was open
    """
    return SQL(
        """
        WITH %(ctes)s,
        acts AS MATERIALIZED (
            SELECT case_key::int AS case_id, position, activity, next_activity, ts, seconds FROM built_steps
        ),
        ways AS (SELECT case_id, ',' || string_agg(activity::text, ',' ORDER BY position) || ',' AS path,
                        count(*)::int AS length FROM acts GROUP BY case_id),
        ended AS (SELECT case_id, CASE WHEN %(finished)s AND path LIKE %(first)s THEN path END AS path, length
                    FROM ways),
        moves AS (SELECT case_id, next_activity, %(took)s AS took
                    FROM acts WHERE activity = %(activity)s AND next_activity IS NOT NULL),
        told_of AS (SELECT coalesce(array_agg(activity) FILTER (WHERE activity <> ALL(%(known)s)), '{}'),
                           min(first), max(last)
                      FROM (SELECT activity, min(ts) AS first, max(ts) AS last FROM ev GROUP BY 1) AS named),
        cases_of AS (SELECT coalesce(array_agg(case_id), '{}'), coalesce(array_agg(path), '{}'),
                            coalesce(array_agg(length), '{}') FROM ended),
        moves_of AS (SELECT coalesce(array_agg(case_id), '{}'), coalesce(array_agg(next_activity), '{}'),
                            coalesce(array_agg(took), '{}') FROM moves)
        SELECT * FROM told_of, cases_of, moves_of
        """,
        ctes=relations.ctes,
        took=_open_seconds(calendar_id) if calendar_id else SQL("seconds"),
        activity=activity,
        finished=finished,
        first=f",{first},%",
        known=relations.names.known,
    )


def _open_seconds(calendar_id):
    """Those from a step to the next one, for the few steps that count."""
    after = SQL("ts + seconds * interval '1 second'")
    return SQL(
        "(%s - %s)", reading_at(calendar_id, after), reading_at(calendar_id, SQL("ts"))
    )


def usual(
    relations: Relations,
    told: Anew,
    without: list[int],
    finished: SQL,
    first: int,
    activity: int,
    took: SQL,
    newest: int,
    moves: bool,
) -> SQL:
    """One row as ``Usual``: the way of most ended cases that began with ``first``, of equals the shortest.

    Of many cases the newest records are asked: an index knows them, so the time does not grow with the process.

    :param relations: stored cases of one kind of records
    :param told: what was worked out anew
    :param without: records whose stored cases do not count; left out of so many more, for the database guesses badly
        how many are left and would rather read all cases than the newest
    :param finished: condition on ``path``
    :param activity: whose moves are wanted, if ``moves``
    :param took: column of steps, seconds to the next one
    :param newest: of so many cases at most: those that began so, and those whose moves are told
    """
    return SQL(
        """
        WITH %(ctes)s,
        anew AS (
            SELECT * FROM unnest(%(cases)s::int[], %(paths)s::text[], %(lengths)s::int[]) AS a(case_id, path, length)
        ),
        begun AS MATERIALIZED (
            SELECT path, length FROM (
                SELECT * FROM (
                    SELECT case_id, path, length FROM cases WHERE %(finished)s AND path LIKE %(first)s
                     ORDER BY case_id DESC LIMIT %(newest)s + %(more)s
                ) AS kept WHERE case_id NOT IN (SELECT unnest(%(without)s::int[]))
                UNION ALL SELECT * FROM anew WHERE path IS NOT NULL
            ) AS either ORDER BY case_id DESC LIMIT %(newest)s
        ),
        ways AS (
            SELECT path, count(*) AS cases, (sum(count(*)) OVER ())::int AS total FROM begun
             GROUP BY path ORDER BY cases DESC, min(length), path COLLATE "C" LIMIT 1
        ),
        told AS MATERIALIZED (
            SELECT id, case_id FROM (
                SELECT * FROM (
                    SELECT id, case_id FROM cases ORDER BY case_id DESC LIMIT %(told)s + %(more)s
                ) AS kept WHERE case_id NOT IN (SELECT unnest(%(without)s::int[]))
                UNION ALL SELECT NULL, case_id FROM anew
            ) AS either ORDER BY case_id DESC LIMIT %(told)s
        ),
        chosen AS NOT MATERIALIZED (SELECT id FROM told WHERE id IS NOT NULL),
        stays AS MATERIALIZED (
            SELECT next_activity, %(took)s AS took FROM (%(steps)s) AS steps
             WHERE activity = %(activity)s AND next_activity IS NOT NULL
            UNION ALL
            SELECT next_activity, took
              FROM unnest(%(movers)s::int[], %(nexts)s::int[], %(times)s::float8[]) AS m(case_id, next_activity, took)
             WHERE case_id IN (SELECT case_id FROM told WHERE id IS NULL)
        ),
        nexts AS (SELECT next_activity, count(*) AS times FROM stays GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1),
        spread AS (
            SELECT count(*) AS moves, percentile_cont(%(shares)s::float8[]) WITHIN GROUP (ORDER BY took) AS quantiles
              FROM stays
        )
        SELECT path, cases, total, moves, quantiles, next_activity, times
          FROM spread LEFT JOIN ways ON TRUE LEFT JOIN nexts ON TRUE
        """,
        ctes=relations.ctes,
        without=without,
        more=len(without),
        cases=told.cases,
        paths=told.paths,
        lengths=told.lengths,
        movers=told.movers,
        nexts=told.nexts,
        times=told.took,
        finished=finished,
        first=f",{first},%",
        newest=newest,
        told=newest if moves else 0,
        took=took,
        steps=relations.steps(Filters()),
        activity=activity,
        shares=SHARES,
    )
