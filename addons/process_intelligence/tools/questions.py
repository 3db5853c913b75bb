"""Questions about a log as SQL. The only place where one is put together.

Every question reads a relation of ``(case_key, activity, ts, seq, resource, attributes)`` that holds
only what the asking user may see; the order within a case is ``(ts, seq)``.
"""

from odoo.tools import SQL

from ..policies.filters import AttributeFilter, Filters, Period, Throughput


def process_map(rows: SQL, filters: Filters) -> SQL:
    """Rows ``(source, target, count, start, end, [p50, p95])``: activities have no target and no percentiles."""
    return SQL(
        """
        WITH %s,
        steps AS MATERIALIZED (
            SELECT activity,
                   lag(activity) OVER in_case IS NULL AS is_start,
                   lead(activity) OVER in_case AS next_activity,
                   date_part('epoch', lead(ts) OVER in_case - ts) AS seconds
              FROM chosen
            WINDOW in_case AS (PARTITION BY case_key ORDER BY ts, seq)
        )
        SELECT activity, NULL, count(*), count(*) FILTER (WHERE is_start),
               count(*) FILTER (WHERE next_activity IS NULL), NULL
          FROM steps GROUP BY activity
        UNION ALL
        SELECT activity, next_activity, count(*), NULL, NULL,
               percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY seconds)
          FROM steps WHERE next_activity IS NOT NULL GROUP BY activity, next_activity
        """,
        _chosen(rows, filters),
    )


def variants(rows: SQL, filters: Filters, limit: int) -> SQL:
    """Rows ``(path, cases, number of different paths)``, most frequent first."""
    return SQL(
        """
        WITH %s,
        ways AS (SELECT array_agg(activity ORDER BY ts, seq) AS path FROM chosen GROUP BY case_key)
        SELECT path, count(*) AS cases, count(*) OVER () FROM ways
         GROUP BY path ORDER BY cases DESC, path LIMIT %s
        """,
        _chosen(rows, filters),
        limit,
    )


def span(rows: SQL, filters: Filters) -> SQL:
    """One row ``(median seconds from first to last event of a case, first event, last event)``."""
    return SQL(
        """
        WITH %s,
        spans AS (SELECT min(ts) AS first_ts, max(ts) AS last_ts FROM chosen GROUP BY case_key)
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', last_ts - first_ts)),
               min(first_ts), max(last_ts)
          FROM spans
        """,
        _chosen(rows, filters),
    )


def totals(rows: SQL) -> SQL:
    """One row ``(events, cases)``."""
    return SQL(
        "WITH ev AS (%s) SELECT count(*), count(DISTINCT case_key) FROM ev", rows
    )


def case_keys(rows: SQL, filters: Filters, limit: int) -> SQL:
    """Rows ``(case key, number of all such cases)``, the first cases in time."""
    return SQL(
        """
        WITH %s
        SELECT case_key, count(*) OVER () FROM chosen
         GROUP BY case_key ORDER BY min(ts), case_key LIMIT %s
        """,
        _chosen(rows, filters),
        limit,
    )


def _chosen(rows: SQL, filters: Filters) -> SQL:
    """The CTEs up to ``chosen``: the events of the cases that pass the filters."""
    source = SQL("ev AS NOT MATERIALIZED (%s)", rows)
    if filters.keeps_everything:
        return SQL("%s, chosen AS NOT MATERIALIZED (SELECT * FROM ev)", source)
    return SQL(
        """%s,
        kept AS MATERIALIZED (SELECT case_key FROM (%s) AS cases WHERE %s),
        chosen AS NOT MATERIALIZED (SELECT ev.* FROM ev WHERE case_key IN (SELECT case_key FROM kept))
        """,
        source,
        _cases(filters),
        SQL(" AND ").join(_conditions(filters)),
    )


def _cases(filters: Filters) -> SQL:
    """One row per case; the path only where a filter asks for it, as it costs most."""
    by_path = (
        filters.variants,
        filters.has,
        filters.has_not,
        filters.start,
        filters.end,
    )
    path = SQL("array_agg(activity ORDER BY ts, seq)") if any(by_path) else SQL("NULL")
    return SQL(
        "SELECT case_key, min(ts) AS first_ts, max(ts) AS last_ts, %s AS path FROM ev GROUP BY case_key",
        path,
    )


def _conditions(filters: Filters) -> list[SQL]:
    conditions = [_attribute(item) for item in filters.attributes]
    if filters.period:
        conditions += _period(filters.period)
    if filters.throughput_s:
        conditions += _throughput(filters.throughput_s)
    if filters.variants:
        conditions.append(
            SQL(" OR ").join(
                SQL("path = %s::text[]", list(path)) for path in filters.variants
            )
        )
    if filters.has:
        conditions.append(SQL("path @> %s::text[]", list(filters.has)))
    if filters.has_not:
        conditions.append(SQL("NOT path && %s::text[]", list(filters.has_not)))
    if filters.start:
        conditions.append(SQL("path[1] = ANY(%s)", list(filters.start)))
    if filters.end:
        conditions.append(SQL("path[cardinality(path)] = ANY(%s)", list(filters.end)))
    conditions += [_follows(pair) for pair in filters.follows]
    conditions += [SQL("NOT %s", _follows(pair)) for pair in filters.not_follows]
    return [SQL("(%s)", condition) for condition in conditions]


def _period(period: Period) -> list[SQL]:
    first, last = SQL("first_ts"), SQL("last_ts")
    lower, upper = {
        "contained": (first, last),
        "intersecting": (last, first),
        "started": (first, first),
        "ended": (last, last),
    }[period.mode]
    conditions = []
    if period.start:
        conditions.append(SQL("%s >= %s", lower, period.start))
    if period.end:
        conditions.append(SQL("%s <= %s", upper, period.end))
    return conditions


def _throughput(throughput: Throughput) -> list[SQL]:
    seconds = SQL("date_part('epoch', last_ts - first_ts)")
    conditions = []
    if throughput.min_seconds is not None:
        conditions.append(SQL("%s >= %s", seconds, throughput.min_seconds))
    if throughput.max_seconds is not None:
        conditions.append(SQL("%s <= %s", seconds, throughput.max_seconds))
    return conditions


def _attribute(item: AttributeFilter) -> SQL:
    value = (
        SQL("resource")
        if item.name == "resource"
        else SQL("(attributes ->> %s)", item.name)
    )
    conditions = []
    if item.values:
        conditions.append(SQL("%s = ANY(%s)", value, list(item.values)))
    if item.or_missing:
        conditions.append(SQL("%s IS NULL", value))
    return SQL(
        "case_key IN (SELECT case_key FROM ev WHERE %s)", SQL(" OR ").join(conditions)
    )


def _follows(pair: tuple[str, str]) -> SQL:
    """The second activity comes directly after the first."""
    return SQL(
        """
        case_key IN (
            SELECT case_key FROM (
                SELECT case_key, activity,
                       lead(activity) OVER (PARTITION BY case_key ORDER BY ts, seq) AS next_activity
                  FROM ev
            ) AS moves
            WHERE activity = %s AND next_activity = %s
        )
        """,
        *pair,
    )
