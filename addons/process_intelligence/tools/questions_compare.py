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


#: Of groups that are sorted by seconds within ``part``: all of it, and how many up to here.
_RUNNING = SQL(
    """
    sum(one) OVER upto AS upto_one, sum(two) OVER upto AS upto_two,
    sum(first_one + first_two) OVER upto AS upto_first
    """
)
#: Ranks of the first sample, ties with their mean rank; the sum of t^3 - t.
_RANKS = SQL(
    """
    sum(first_one * (upto_first - (first_one + first_two - 1) / 2.0::float8)),
    sum((first_one + first_two)::float8 ^ 3 - (first_one + first_two))
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
        WITH %(sides)s, gathered AS MATERIALIZED (
            SELECT activity, next_activity, steps.seconds, sum(one)::int AS one, sum(two)::int AS two,
                   sum(one) FILTER (WHERE pair_nth = 1) AS cases_one,
                   sum(two) FILTER (WHERE pair_nth = 1) AS cases_two,
                   sum(one) FILTER (WHERE nth = 1) AS visits_one, sum(two) FILTER (WHERE nth = 1) AS visits_two,
                   coalesce(sum(as_one) FILTER (WHERE pair_nth = 1), 0)::int AS first_one,
                   coalesce(sum(as_two) FILTER (WHERE pair_nth = 1), 0)::int AS first_two,
                   sum(as_one) FILTER (WHERE nth = 1) AS seen_one, sum(as_two) FILTER (WHERE nth = 1) AS seen_two
              FROM (%(steps)s) AS steps JOIN chosen ON chosen.id = steps.case_id GROUP BY 1, 2, 3
        ), totals AS (
            SELECT activity, next_activity, sum(one) AS all_one, sum(two) AS all_two,
                   coalesce(sum(cases_one), 0)::int AS cases_one, coalesce(sum(cases_two), 0)::int AS cases_two,
                   coalesce(sum(visits_one), 0)::int AS visits_one, coalesce(sum(visits_two), 0)::int AS visits_two,
                   sum(first_one) AS first_one, sum(first_two) AS first_two,
                   coalesce(sum(seen_one), 0)::int AS seen_one, coalesce(sum(seen_two), 0)::int AS seen_two
              FROM gathered GROUP BY 1, 2
        ), ranked AS (
            SELECT activity, next_activity, seconds, first_one, first_two, %(running)s FROM gathered
             WHERE next_activity IS NOT NULL
            WINDOW upto AS (PARTITION BY activity, next_activity ORDER BY seconds ROWS UNBOUNDED PRECEDING)
        ), figures AS (
            SELECT activity, next_activity, %(median_one)s AS median_one, %(median_two)s AS median_two, %(ranks)s
              FROM (SELECT ranked.*, all_one, all_two FROM ranked JOIN totals USING (activity, next_activity)) AS r
             GROUP BY 1, 2
        )
        SELECT t.activity, t.next_activity, all_one, all_two, cases_one, cases_two, visits_one, visits_two,
               first_one, first_two, seen_one, seen_two, f.median_one, f.median_two, f.rank_sum, f.ties
          FROM totals AS t LEFT JOIN figures AS f (activity, next_activity, median_one, median_two, rank_sum, ties)
            ON f.activity = t.activity AND f.next_activity = t.next_activity
        """,
        sides=_sides(relations, one, two, within, shared_in_one),
        steps=relations.steps(Filters()),
        running=_RUNNING,
        median_one=_median("one"),
        median_two=_median("two"),
        ranks=_RANKS,
    )


def lengths(relations, one, two, within, finished, shared_in_one) -> SQL:
    """One row as ``policies.comparing.Lengths``."""
    return SQL(
        """
        WITH %(sides)s, gathered AS (
            SELECT took AS seconds, sum(one)::int AS one, sum(two)::int AS two, sum(as_one)::int AS first_one,
                   sum(as_two)::int AS first_two
              FROM chosen WHERE %(finished)s GROUP BY took
        ), ranked AS (
            SELECT *, %(running)s, sum(one) OVER () AS all_one, sum(two) OVER () AS all_two FROM gathered
            WINDOW upto AS (ORDER BY seconds ROWS UNBOUNDED PRECEDING)
        )
        SELECT coalesce(sum(first_one), 0)::int, coalesce(sum(first_two), 0)::int, %(median_one)s, %(median_two)s,
               %(ranks)s
          FROM ranked
        """,
        sides=_sides(relations, one, two, within, shared_in_one),
        finished=finished,
        running=_RUNNING,
        median_one=_median("one"),
        median_two=_median("two"),
        ranks=_RANKS,
    )
