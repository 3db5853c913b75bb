"""Questions about cases as they stand, as SQL: which wait too long, how long they will take, what is unusual."""

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations


def stalled(
    relations: Relations,
    filters: Filters,
    running: SQL,
    read_now: SQL | None,
    now,
    share,
    least,
) -> SQL:
    """Rows ``(case key, activity, last step at, waited, limit, history, number of all such rows)``; seconds.

    :param running: condition on ``chosen``
    :param read_now: open seconds from ``steps.ts`` until now; None: time on the clock
    :param share: which percentile of a step's own history is the limit
    :param least: moves from a step that make a history
    """
    waited = read_now or SQL("date_part('epoch', %s - steps.ts)", now)
    return SQL(
        """
        WITH %(chosen)s, steps AS MATERIALIZED (%(steps)s), history AS MATERIALIZED (
            SELECT activity, count(*) AS told, percentile_cont(%(share)s) WITHIN GROUP (ORDER BY %(took)s) AS allowed
              FROM steps WHERE next_activity IS NOT NULL GROUP BY activity HAVING count(*) >= %(least)s
        ), waiting AS (
            SELECT case_key, steps.activity, steps.ts, %(waited)s AS waited
              FROM chosen JOIN steps ON steps.case_id = chosen.id AND steps.next_activity IS NULL
             WHERE %(running)s AND steps.ts <= %(now)s
        )
        SELECT case_key, activity, ts, waited, allowed, told, count(*) OVER ()
          FROM waiting JOIN history USING (activity) WHERE waited > allowed
         ORDER BY waited - allowed DESC, case_key COLLATE "C" LIMIT 1000
        """,
        chosen=relations.chosen(filters),
        steps=relations.steps(filters),
        share=share,
        took=SQL("open_seconds") if read_now else SQL("seconds"),
        least=least,
        waited=waited,
        running=running,
        now=now,
    )


def running_count(relations: Relations, filters: Filters, running: SQL) -> SQL:
    """One row ``(cases that run, cases)``."""
    return SQL(
        "WITH %s SELECT count(*) FILTER (WHERE %s), count(*) FROM chosen",
        relations.chosen(filters),
        running,
    )


def standing(
    relations: Relations, filters: Filters, running: SQL, keys, most: int
) -> SQL:
    """Rows ``(case key, last activity, number of steps, last step at)`` of those ``keys`` that run.

    :param keys: None for all
    :param most: those with the latest steps, so many
    """
    return SQL(
        """
        WITH %s, latest AS (
            SELECT case_key, path, length, last_ts FROM chosen WHERE %s AND %s
             ORDER BY last_ts DESC, case_key COLLATE "C" LIMIT %s
        )
        SELECT case_key, split_part(path, ',', length::int + 1)::int, length, last_ts
          FROM latest ORDER BY case_key COLLATE "C"
        """,
        relations.chosen(filters),
        SQL("TRUE") if keys is None else SQL("case_key = ANY(%s)", list(keys)),
        running,
        most,
    )


def what_came_after(
    relations: Relations, filters: Filters, finished: SQL, activities
) -> SQL:
    """Rows ``(activity, position, next activity, [seconds to the end of the case])`` of finished cases."""
    return SQL(
        """
        WITH %s
        SELECT steps.activity, position, next_activity, array_agg(date_part('epoch', last_ts - ts))
          FROM (%s) AS steps JOIN chosen ON chosen.id = steps.case_id
         WHERE %s AND next_activity IS NOT NULL AND steps.activity = ANY(%s) GROUP BY 1, 2, 3
        """,
        relations.chosen(filters),
        relations.steps(filters),
        finished,
        list(activities),
    )


def unusual_durations(
    relations: Relations, filters: Filters, finished: SQL, least_z, limit
) -> SQL:
    """Rows ``(case key, seconds, z, median seconds, number of all such rows)`` of finished cases, most unusual first.

    ``z = 0.6745 * (x - median) / MAD`` of ``x = ln(1 + seconds)`` (Iglewicz and Hoaglin, 1993). Nothing is unusual
    where the MAD is 0.
    """
    return SQL(
        """
        WITH %s, durations AS MATERIALIZED (
            SELECT case_key, date_part('epoch', last_ts - first_ts) AS seconds,
                   ln(1 + date_part('epoch', last_ts - first_ts)) AS x FROM chosen WHERE %s
        ), centre AS MATERIALIZED (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS median FROM durations
        ), spread AS MATERIALIZED (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(x - median)) AS mad FROM durations, centre
        ), scored AS (
            SELECT case_key, seconds, 0.6745 * (x - median) / nullif(mad, 0) AS z, exp(median) - 1 AS usual
              FROM durations, centre, spread
        )
        SELECT case_key, seconds, z, usual, count(*) OVER () FROM scored WHERE abs(z) > %s
         ORDER BY abs(z) DESC, case_key COLLATE "C" LIMIT %s
        """,
        relations.chosen(filters),
        finished,
        least_z,
        limit,
    )


def rare_ways(relations: Relations, filters: Filters, share, limit) -> SQL:
    """Rows ``(path, cases, all cases, number of such paths)``, rarest first."""
    return SQL(
        """
        WITH %s, ways AS (SELECT path, count(*) AS cases FROM chosen GROUP BY path),
             shares AS (SELECT path, cases, sum(cases) OVER () AS total FROM ways)
        SELECT path, cases, total::int, count(*) OVER () FROM shares WHERE cases < total * %s
         ORDER BY cases, path COLLATE "C" LIMIT %s
        """,
        relations.chosen(filters),
        share,
        limit,
    )


def begun_per_day(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(day in UTC, cases that began)``, in order; days without any are missing."""
    return SQL(
        "WITH %s SELECT first_ts::date AS day, count(*) FROM chosen GROUP BY day ORDER BY day",
        relations.chosen(filters),
    )


def lately(relations: Relations, filters: Filters, finished: SQL) -> SQL:
    """At most one row ``(until, cases, median seconds, cases before, median seconds before)``.

    Finished cases by their last step: the 30 days up to ``until``, the last step of all, and the 30 days before.
    """
    return SQL(
        """
        WITH %s, recent AS (
            SELECT until, last_ts > until - interval '30 days' AS late, date_part('epoch', last_ts - first_ts) AS took
              FROM (SELECT *, (SELECT max(last_ts) FROM chosen) AS until FROM chosen) AS ended
             WHERE %s AND last_ts > until - interval '60 days'
        )
        SELECT until, count(*) FILTER (WHERE late),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE late), count(*) FILTER (WHERE NOT late),
               percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE NOT late)
          FROM recent GROUP BY until
        """,
        relations.chosen(filters),
        finished,
    )
