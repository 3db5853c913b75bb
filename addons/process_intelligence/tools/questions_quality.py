"""Questions about how good the data of a process are."""

from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from .questions import Relations

#: Attributes that say why something went wrong.
CODE = SQL(
    "(item.key = 'code' OR item.key LIKE '%%\\_code' OR item.key LIKE '%%reason\\_class')"
)


class Counts(NamedTuple):
    """How many events, and how many of them …; ``late``, ``judged`` and ``unmatched`` of the ledger only."""

    events: int
    with_actor: int
    in_time: int
    tied: int
    judged: int | None  # those that could be late: not imported as past
    late: int | None
    unmatched: int | None


def counts(
    relations: Relations, filters: Filters, ledger: bool, late_seconds: int
) -> SQL:
    """One row as ``Counts``."""
    ours, source = (
        (
            SQL(
                """
                count(*) FILTER (WHERE NOT coalesce(e.history, FALSE)),
                count(*) FILTER (WHERE NOT coalesce(e.history, FALSE)
                                   AND e.recorded_at > e.occurred_at + %s * interval '1 second'),
                count(*) FILTER (WHERE e.account_id IS NULL)
                """,
                late_seconds,
            ),
            SQL("JOIN event_hub_event AS e ON e.id = steps.seq"),
        )
        if ledger
        else (SQL("NULL, NULL, NULL"), SQL())
    )
    return SQL(
        """
        WITH %s
        SELECT count(*), count(*) FILTER (WHERE coalesce(steps.resource, '') <> ''),
               count(*) FILTER (WHERE steps.ts <= now() AT TIME ZONE 'UTC'),
               count(*) FILTER (WHERE steps.seconds = 0), %s
          FROM (%s) AS steps %s
        """,
        relations.chosen(filters),
        ours,
        relations.steps(filters),
        source,
    )


def codes(relations: Relations, filters: Filters, rows: SQL) -> SQL:
    """Rows ``(activity, events, events with an exception code)`` of activities that carry one at all."""
    return SQL(
        """
        WITH %s, read_rows AS (%s), steps AS (%s)
        SELECT steps.activity, count(*), count(*) FILTER (WHERE carried.full)
          FROM steps JOIN read_rows ON read_rows.seq = steps.seq,
               LATERAL (
                   SELECT count(*) > 0 AS known,
                          coalesce(bool_or(coalesce(item.value, '') <> ''), FALSE) AS full
                     FROM jsonb_each_text(CASE WHEN jsonb_typeof(read_rows.attributes) = 'object'
                                               THEN read_rows.attributes ELSE '{}' END) AS item WHERE %s
               ) AS carried
         GROUP BY steps.activity HAVING bool_or(carried.known)
        """,
        relations.chosen(filters),
        rows,
        relations.steps(filters),
        CODE,
    )
