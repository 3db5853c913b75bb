"""Two slices of a process side by side, as SQL. One sort of the moves gives their medians and their ranks."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations


def _sides(relations, one, two, within, shared_in_one) -> SQL:
    """The CTEs up to ``chosen``: cases of either slice, with the slices they are in and count in.

    :param within: condition on ``cases``: others are in no slice
    """
    return SQL(
        """
        %(ctes)s, sides AS NOT MATERIALIZED (
            SELECT *, coalesce(%(one)s, FALSE) AS one, coalesce(%(two)s, FALSE) AS two FROM cases WHERE %(within)s
        ), chosen AS MATERIALIZED (
            SELECT id, case_key, path, one::int, two::int, date_part('epoch', last_ts - first_ts) AS took,
                   (one AND NOT (two AND NOT %(shared)s))::int AS as_one,
                   (two AND NOT (one AND %(shared)s))::int AS as_two
              FROM sides WHERE one OR two
        )
        """,
        ctes=relations.ctes,
        one=relations.passes(one),
        two=relations.passes(two),
        within=within,
        shared=shared_in_one,
    )


def sizes(
    relations: Relations, one: Filters, two: Filters, within: SQL, finished: SQL
) -> SQL:
    """One row as ``policies.comparing.Sizes``."""
    return SQL(
        """
        WITH %(sides)s
        SELECT coalesce(sum(one), 0)::int, coalesce(sum(two), 0)::int, coalesce(sum(one * two), 0)::int,
               coalesce(sum(one) FILTER (WHERE %(finished)s), 0)::int,
               coalesce(sum(two) FILTER (WHERE %(finished)s), 0)::int
          FROM chosen
        """,
        sides=_sides(relations, one, two, within, True),
        finished=finished,
    )


#: Of rows that are sorted by seconds within ``whole``: all, how many up to here, and those with the same seconds.
_RUNNING = SQL(
    """
    sum(one) OVER whole AS all_one, sum(two) OVER whole AS all_two, sum(one) OVER upto AS upto_one,
    sum(two) OVER upto AS upto_two, sum(first_one + first_two) OVER upto AS upto_first,
    sum(first_one + first_two) OVER same AS tied
    """
)
_FRAMES = SQL(
    """
    upto AS (whole ORDER BY seconds RANGE UNBOUNDED PRECEDING),
    same AS (whole ORDER BY seconds RANGE BETWEEN CURRENT ROW AND CURRENT ROW)
    """
)
#: Ranks of the first sample, ties with their mean rank; the sum of t^3 - t.
_RANKS = SQL(
    """
    sum(first_one * (upto_first - (tied - 1) / 2.0::float8)),
    sum((first_one + first_two) * (tied::float8 ^ 2 - 1))
    """
)


def _median(side) -> SQL:
    """The mean of the two middle values, or the middle one twice."""
    upto, total = SQL.identifier(f"upto_{side}"), SQL.identifier(f"all_{side}")
    return SQL(
        """
        (min(seconds) FILTER (WHERE %(upto)s >= (%(total)s + 1) / 2 AND %(total)s > 0)
         + min(seconds) FILTER (WHERE %(upto)s >= %(total)s / 2 + 1 AND %(total)s > 0)) / 2
        """,
        upto=upto,
        total=total,
    )


def moves(relations, one, two, within, shared_in_one) -> SQL:
    """Rows as ``policies.comparing.Move``, with ids of activities."""
    return SQL(
        """
        WITH %(sides)s
        SELECT activity, next_activity, sum(one)::int, sum(two)::int, sum(one * pair)::int, sum(two * pair)::int,
               sum(one * visit)::int, sum(two * visit)::int, sum(first_one)::int, sum(first_two)::int,
               sum(as_one * visit)::int, sum(as_two * visit)::int, %(median_one)s, %(median_two)s, %(ranks)s
          FROM (
            SELECT told.*, %(running)s FROM (
                SELECT activity, next_activity, seconds, one, two, as_one, as_two, pair, visit,
                       as_one * pair AS first_one, as_two * pair AS first_two
                  FROM (SELECT *, coalesce(pair_nth = 1, FALSE)::int AS pair, (nth = 1)::int AS visit
                          FROM (%(steps)s) AS steps) AS steps
                  JOIN chosen ON chosen.id = steps.case_id
            ) AS told WINDOW whole AS (PARTITION BY activity, next_activity), %(frames)s
          ) AS ranked GROUP BY activity, next_activity
        """,
        sides=_sides(relations, one, two, within, shared_in_one),
        steps=relations.steps(Filters()),
        running=_RUNNING,
        frames=_FRAMES,
        median_one=_median("one"),
        median_two=_median("two"),
        ranks=_RANKS,
    )


def lengths(relations, one, two, within, finished, shared_in_one) -> SQL:
    """One row as ``policies.comparing.Lengths``."""
    return SQL(
        """
        WITH %(sides)s
        SELECT coalesce(sum(first_one), 0)::int, coalesce(sum(first_two), 0)::int, %(median_one)s, %(median_two)s,
               %(ranks)s
          FROM (
            SELECT told.*, %(running)s FROM (
                SELECT took AS seconds, one, two, as_one AS first_one, as_two AS first_two
                  FROM chosen WHERE %(finished)s
            ) AS told WINDOW whole AS (), %(frames)s
          ) AS ranked
        """,
        sides=_sides(relations, one, two, within, shared_in_one),
        finished=finished,
        running=_RUNNING,
        frames=_FRAMES,
        median_one=_median("one"),
        median_two=_median("two"),
        ranks=_RANKS,
    )
