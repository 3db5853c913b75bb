"""One case and the way that cases like it usually go, as SQL over the relations of ``questions.py``."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

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


def usual(
    relations: Relations,
    finished: SQL,
    model: str,
    first: int,
    activity: int,
    took: SQL,
    newest: int,
    moves: bool,
) -> SQL:
    """One row as ``Usual``: the way of most ended cases that began with ``first``, of equals the shortest.

    Of many cases the newest records are asked: an index knows them, so the time does not grow with the process.

    :param finished: condition on ``path``
    :param model: the kind of records that the cases are
    :param activity: whose moves are wanted, if ``moves``
    :param took: column of steps, seconds to the next one
    :param newest: of so many cases at most: those that began so, and those whose moves are told
    """
    return SQL(
        """
        WITH %(ctes)s,
        begun AS MATERIALIZED (
            SELECT path, length FROM cases WHERE case_model = %(model)s AND %(finished)s AND path LIKE %(first)s
             ORDER BY case_id DESC LIMIT %(newest)s
        ),
        ways AS (
            SELECT path, count(*) AS cases, (sum(count(*)) OVER ())::int AS total FROM begun
             GROUP BY path ORDER BY cases DESC, min(length), path COLLATE "C" LIMIT 1
        ),
        chosen AS MATERIALIZED (
            SELECT id, case_key FROM cases WHERE case_model = %(model)s ORDER BY case_id DESC LIMIT %(told)s
        ),
        stays AS MATERIALIZED (
            SELECT next_activity, %(took)s AS took FROM (%(steps)s) AS steps
             WHERE activity = %(activity)s AND next_activity IS NOT NULL
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
        model=model,
        finished=finished,
        first=f",{first},%",
        newest=newest,
        told=newest if moves else 0,
        took=took,
        steps=relations.steps(Filters()),
        activity=activity,
        shares=SHARES,
    )
