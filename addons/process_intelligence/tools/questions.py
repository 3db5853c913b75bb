"""Questions about a process as SQL. The only place where one is put together.

Every question reads two relations that hold only what the asking user may see: ``cases`` and ``steps``
with the columns of ``tools/stored.py``. Activities are ids in them; ``Relations.names`` says their names.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import AttributeFilter, Filters, Period, Throughput
from .stored import CASE_COLUMNS, STEP_COLUMNS

PERCENTILES = (0.5, 0.9, 0.95)


class Names:
    """Activities by id and by name; several names may count as one activity.

    :param rows: ``(id, name, id that it counts as)``
    """

    def __init__(self, rows):
        self._of_id = {id_: name for id_, name, _shown in rows}
        self._id_of = {name: shown for _id, name, shown in rows}

    def of(self, id_: int | None) -> str | None:
        return self._of_id.get(id_)

    def id_of(self, name: str) -> int | None:
        """:return: the id that a name counts as"""
        return self._id_of.get(name)

    @property
    def known(self) -> list[str]:
        return list(self._id_of)

    def told(self, column: SQL) -> SQL:
        """:return: SQL of the name of the id in ``column``"""
        names = {str(id_): name for id_, name in self._of_id.items()}
        return SQL("(%s::jsonb ->> %s::text)", json.dumps(names), column)

    def ways(self, path: str) -> list[str]:
        """:return: the names of a stored path"""
        return [self._of_id[int(id_)] for id_ in path.strip(",").split(",")]

    def pattern(self, before: str, names: Iterable[str], after: str) -> SQL:
        """Condition: these come directly one after the other. A name that no event carries is nowhere."""
        ids = "".join(f"{self._id_of.get(name, 'none')}," for name in names)
        return SQL("path LIKE %s", before + ids + after)


@dataclass
class Relations:
    """CTEs, in order, up to ``cases`` (with ``id``); where steps come from; the names behind ids.

    Made anew for each question that somebody asks: what it has seen holds for that long.
    """

    ctes: SQL
    names: Names
    definition_id: int | None = None  # its stored steps count
    anew: bool = False  # ``built_steps`` count
    narrowed: bool = True  # not every stored case counts
    seen: tuple | None = (
        None  # the signature of the stored cases, once it was asked for
    )

    @classmethod
    def of_stored(cls, definition_id, names, kept: SQL):
        return cls(
            SQL("cases AS NOT MATERIALIZED (%s)", _stored_cases(definition_id, kept)),
            names,
            definition_id,
            narrowed=bool(kept.code),
        )

    @classmethod
    def of_events(cls, names, built: SQL):
        return cls(
            SQL("%s, cases AS NOT MATERIALIZED (%s)", built, _built_cases()),
            names,
            anew=True,
        )

    @classmethod
    def of_both(cls, definition_id, names, kept: SQL, built: SQL):
        return cls(
            SQL(
                "%s, cases AS NOT MATERIALIZED (%s UNION ALL %s)",
                built,
                _stored_cases(definition_id, kept),
                _built_cases(),
            ),
            names,
            definition_id,
            anew=True,
        )

    def chosen(self, filters: Filters) -> SQL:
        """The CTEs up to ``chosen``: the cases that pass the filters."""
        return SQL(
            "%s, chosen AS NOT MATERIALIZED (SELECT * FROM cases WHERE %s)",
            self.ctes,
            self.passes(filters),
        )

    def passes(self, filters: Filters) -> SQL:
        """Condition on ``cases``."""
        return SQL(
            "(%s)",
            SQL(" AND ").join([SQL("TRUE"), *_conditions(filters, self.names)]),
        )

    def steps(self, filters: Filters) -> SQL:
        """SELECT of the steps of the chosen cases, each with its ``case_id``."""
        parts = []
        if self.definition_id:
            # The database guesses badly how many cases pass: joined, all steps are read for the few of some cases.
            # An array is looked up by the index, which is no slower where most cases pass.
            kept = SQL("case_id = ANY (ARRAY(SELECT id FROM chosen))")
            every = filters.keeps_everything and not self.narrowed and not self.anew
            parts.append(
                SQL(
                    "SELECT case_id, %s FROM process_intelligence_step WHERE definition_id = %s AND %s",
                    STEP_COLUMNS,
                    self.definition_id,
                    SQL("TRUE") if every else kept,
                )
            )
        if self.anew:
            parts.append(
                SQL(
                    "SELECT chosen.id AS case_id, %s FROM built_steps JOIN chosen USING (case_key)",
                    STEP_COLUMNS,
                )
            )
        return SQL(" UNION ALL ").join(parts)


def _stored_cases(definition_id, kept):
    return SQL(
        "SELECT id, %s FROM process_intelligence_case WHERE definition_id = %s AND %s",
        CASE_COLUMNS,
        definition_id,
        kept if kept.code else SQL("TRUE"),
    )


def _built_cases():
    # Negative, so that no stored case has the same.
    return SQL(
        "SELECT -row_number() OVER (ORDER BY case_key) AS id, %s FROM built_cases",
        CASE_COLUMNS,
    )


# ---------------------------------------------------------------------- questions


def process_map(relations: Relations, filters: Filters) -> SQL:
    """Rows ``(activity, next activity or None at the end, count, of these first in their case, [p50, p95])``."""
    return SQL(
        """
        WITH %s, moves AS (
            SELECT activity, next_activity, count(*) AS times, count(*) FILTER (WHERE position = 1) AS starts,
                   array_agg(seconds) AS seconds
              FROM (%s) AS steps GROUP BY activity, next_activity
        )
        SELECT activity, next_activity, times, starts, %s FROM moves
        """,
        relations.chosen(filters),
        relations.steps(filters),
        percentiles_of("seconds", (0.5, 0.95)),
    )


def percentiles_of(column: str, shares: Iterable[float]) -> SQL:
    """Interpolated percentiles of an array; its gaps do not count.

    Moves are gathered by hash and each one's times are sorted by themselves, which stays in the processor's memory:
    sorting all steps by move takes more than ten times as long for ten times the steps.
    """
    return SQL(
        "(SELECT percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY one) FROM unnest(%s) AS one)",
        list(shares),
        SQL.identifier(column),
    )


class FlowRow(NamedTuple):
    """A row of ``flow``: one move, or the end of cases where ``target`` is None. Seconds; lists as PERCENTILES."""

    source: int
    target: int | None
    count: int
    starts: int
    visits: int  # cases that came to the source for the first time here
    visits_max: int
    cases: int
    repeats_max: int
    total: float | None
    low: float | None
    high: float | None
    percentiles: list[float] | None
    open_total: float | None
    open_low: float | None
    open_high: float | None
    open_percentiles: list[float] | None


def flow(relations: Relations, filters: Filters) -> SQL:
    """Rows as ``FlowRow``."""
    return SQL(
        """
        WITH %(chosen)s, moves AS (
            SELECT activity, next_activity, count(*) AS times, count(*) FILTER (WHERE position = 1) AS starts,
                   count(*) FILTER (WHERE nth = 1) AS visits, max(nth) AS visits_max,
                   count(*) FILTER (WHERE pair_nth = 1) AS cases, max(pair_nth) AS repeats_max,
                   sum(seconds) AS total, min(seconds) AS low, max(seconds) AS high, array_agg(seconds) AS seconds,
                   sum(open_seconds) AS open_total, min(open_seconds) AS open_low, max(open_seconds) AS open_high,
                   array_agg(open_seconds) AS open_seconds
              FROM (%(steps)s) AS steps GROUP BY activity, next_activity
        )
        SELECT activity, next_activity, times, starts, visits, visits_max, cases, repeats_max,
               total, low, high, %(wall)s, open_total, open_low, open_high, %(open)s
          FROM moves
        """,
        chosen=relations.chosen(filters),
        wall=percentiles_of("seconds", PERCENTILES),
        open=percentiles_of("open_seconds", PERCENTILES),
        steps=relations.steps(filters),
    )


def variants(relations: Relations, filters: Filters, limit: int) -> SQL:
    """Rows ``(path, cases, number of different paths)``, most frequent first."""
    return SQL(
        """
        WITH %s
        SELECT path, count(*) AS cases, count(*) OVER () FROM chosen
         GROUP BY path ORDER BY cases DESC, path LIMIT %s
        """,
        relations.chosen(filters),
        limit,
    )


def span(relations: Relations, filters: Filters, finished: SQL) -> SQL:
    """One row ``(median seconds from first to last event of a finished case, first event, last event)``.

    :param finished: condition on ``chosen``
    """
    return SQL(
        """
        WITH %s
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY date_part('epoch', last_ts - first_ts))
                   FILTER (WHERE %s),
               min(first_ts), max(last_ts)
          FROM chosen
        """,
        relations.chosen(filters),
        finished,
    )


def totals(relations: Relations) -> SQL:
    """One row ``(events, cases)``."""
    return SQL(
        "WITH %s SELECT coalesce(sum(length), 0)::int, count(*) FROM cases",
        relations.ctes,
    )


def signature(relations: Relations) -> SQL:
    """One row that no other set of stored cases has: a case that is worked out anew gets a new id.

    A database that was made anew under the same name begins with the same ids again, but not with the same oid.
    """
    return SQL(
        """
        WITH %s
        SELECT (SELECT oid FROM pg_database WHERE datname = current_database()),
               count(*), sum(hashint8extended(id, 0)), sum(hashint8extended(id, 1)) FROM cases
        """,
        relations.ctes,
    )


def totals_of(events: SQL) -> SQL:
    """One row ``(events, cases)`` of a relation of events."""
    return SQL(
        "WITH ev AS (%s) SELECT count(*), count(DISTINCT case_key) FROM ev", events
    )


def case_keys(relations: Relations, filters: Filters, limit: int) -> SQL:
    """Rows ``(case key, number of all such cases)``, the first cases in time."""
    return SQL(
        "WITH %s SELECT case_key, count(*) OVER () FROM chosen ORDER BY first_ts, case_key LIMIT %s",
        relations.chosen(filters),
        limit,
    )


# ---------------------------------------------------------------------- filters


def _conditions(filters: Filters, names: Names) -> list[SQL]:
    """Conditions on ``cases``."""
    like = names.pattern
    conditions = [_attribute(item) for item in filters.attributes]
    if filters.period:
        conditions += _period(filters.period)
    if filters.throughput_s:
        conditions += _throughput(filters.throughput_s)
    if filters.variants:
        conditions.append(_either(like(",", path, "") for path in filters.variants))
    conditions += [like("%,", [name], "%") for name in filters.has]
    conditions += [_none_of(like("%,", [name], "%")) for name in filters.has_not]
    if filters.start:
        conditions.append(_either(like(",", [name], "%") for name in filters.start))
    if filters.end:
        conditions.append(_either(like("%,", [name], "") for name in filters.end))
    conditions += [like("%,", pair, "%") for pair in filters.follows]
    conditions += [_none_of(like("%,", pair, "%")) for pair in filters.not_follows]
    return [SQL("(%s)", condition) for condition in conditions]


def _either(conditions):
    return SQL(" OR ").join(conditions)


def _none_of(condition):
    return SQL("NOT (%s)", condition)


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
    """Some event of the case carries one of the values, or has none."""
    carried = SQL("(attributes -> %s)", item.name)
    conditions = []
    if item.values:
        conditions.append(SQL("coalesce(%s ?| %s, FALSE)", carried, list(item.values)))
    if item.or_missing:
        conditions.append(SQL("coalesce(%s @> '[null]'::jsonb, TRUE)", carried))
    return _either(conditions)
