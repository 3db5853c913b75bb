"""Whether cases keep to a rule, as SQL over the relations of ``tools/questions.py``; one question a rule.

Each kind of rule says which steps it has to look at (``m``), the cases in which it asks for something
(``applies``), its ``breaches`` and the cases that cannot be judged (``unknown``).
"""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

from ..policies.filters import Filters
from ..policies.rules import EVERY_CASE, Rule
from .questions import Relations
from .stored import reading_at

FIRST, SECOND = SQL("activity = wanted_first"), SQL("activity = wanted_second")
LAST = SQL("next_activity IS NULL")
KNOWN = SQL("nullif(btrim(resource), '')")
#: Two ids in one number, so that a list of pairs is looked up by hash.
PAIR = SQL("activity::bigint * 4294967296 + next_activity")
OPEN_ENDED = SQL("NULL::timestamp")


class BreachRow(NamedTuple):
    """A case that breaks a rule, at its first breach.

    :param breaches: of this case
    :param took: seconds until the answer, where it came late
    :param total: cases that break the rule, also beyond the limit
    """

    case_key: str
    case_model: str | None
    record_id: int | None
    position: int
    seq: int
    ts: datetime
    activity: int
    next_activity: int | None
    resource: str | None
    code: str
    may_heal: bool
    took: float | None
    breaches: int
    total: int


def count(relations: Relations, filters: Filters) -> SQL:
    """One row ``(cases)``."""
    return SQL("WITH %s SELECT count(*) FROM chosen", relations.chosen(filters))


def months(relations: Relations, filters: Filters, rule: Rule, calendar_id, now) -> SQL:
    """Rows as ``policies.rules.Month``; a case belongs to the month of its first step."""
    return SQL(
        """
        WITH %s
        SELECT date_trunc('month', first_ts), count(*), count(a.case_id), count(b.case_id),
               count(*) FILTER (WHERE b.may_heal), count(*) FILTER (WHERE u.case_id IS NOT NULL AND b.case_id IS NULL)
          FROM chosen
          LEFT JOIN (SELECT DISTINCT case_id FROM applies) AS a ON a.case_id = chosen.id
          LEFT JOIN (SELECT case_id, bool_and(may_heal) AS may_heal FROM breaches GROUP BY case_id) AS b
                 ON b.case_id = chosen.id
          LEFT JOIN (SELECT DISTINCT case_id FROM unknown) AS u ON u.case_id = chosen.id
         GROUP BY 1
        """,
        judged(relations, filters, rule, calendar_id, now),
    )


def violations(relations, filters, rule, calendar_id, now, limit) -> SQL:
    """Rows as ``BreachRow``, the latest cases first."""
    return SQL(
        """
        WITH %s
        SELECT case_key, case_model, chosen.case_id, position, seq, ts, activity, next_activity, resource, code,
               may_heal, took, breaches, count(*) OVER ()
          FROM (SELECT b.*, row_number() OVER (PARTITION BY b.case_id ORDER BY position, code) AS place,
                       count(*) OVER (PARTITION BY b.case_id) AS breaches FROM breaches AS b) AS b
          JOIN chosen ON chosen.id = b.case_id
         WHERE place = 1 ORDER BY last_ts DESC, case_key LIMIT %s
        """,
        judged(relations, filters, rule, calendar_id, now),
        limit,
    )


def broken_keys(relations, filters, rule, calendar_id, now, limit) -> SQL:
    """Rows ``(case key, number of all such cases)``, the latest cases first."""
    return SQL(
        """
        WITH %s
        SELECT case_key, count(*) OVER () FROM chosen WHERE id IN (SELECT case_id FROM breaches)
         ORDER BY last_ts DESC, case_key LIMIT %s
        """,
        judged(relations, filters, rule, calendar_id, now),
        limit,
    )


def settled(now, settle_hours) -> SQL:
    """Condition on a breach and its case: nobody expects a step any more that would heal it."""
    return SQL(
        "(NOT may_heal OR (due IS NULL AND last_ts <= %s::timestamp - %s * interval '1 hour'))",
        now,
        settle_hours,
    )


def off_norm(relations, filters, rule, now, settle_hours, recent, before) -> SQL:
    """One row ``(recent cases, of these off the norm, cases before, of these off)``.

    A case belongs to the time of its last step: ``recent`` days up to now, ``before`` days before those.
    """
    return SQL(
        """
        WITH %(ctes)s
        SELECT count(*) FILTER (WHERE recent), count(*) FILTER (WHERE recent AND off),
               count(*) FILTER (WHERE NOT recent), count(*) FILTER (WHERE NOT recent AND off)
          FROM (
            SELECT last_ts > %(now)s::timestamp - %(recent)s * interval '1 day' AS recent,
                   id IN (SELECT breaches.case_id FROM breaches JOIN chosen ON chosen.id = breaches.case_id
                           WHERE %(settled)s) AS off
              FROM chosen
             WHERE last_ts <= %(now)s AND last_ts > %(now)s::timestamp - %(span)s * interval '1 day'
          ) AS periods
        """,
        ctes=judged(relations, filters, rule, None, now),
        now=now,
        recent=recent,
        span=recent + before,
        settled=settled(now, settle_hours),
    )


# ---------------------------------------------------------------------- one rule


def judged(relations, filters, rule: Rule, calendar_id, now) -> SQL:
    """The CTEs up to ``applies``, ``breaches`` and ``unknown``.

    ``breaches``: ``case_id, position, seq, ts, activity, next_activity, resource, code, may_heal, due, took,
    occurrence``. ``due`` is when it became one; empty where that follows from the end of the case. ``occurrence``
    tells breaches of one case and code apart, also after events that arrive late.
    """
    parts = _PARTS[rule.kind](rule, calendar_id, now)
    applies = parts.applies or SQL(
        "SELECT id AS case_id FROM chosen"
        if rule.kind in EVERY_CASE
        else "SELECT case_id FROM m WHERE activity IN (wanted_first, wanted_second)"
    )
    return SQL(
        """
        %(chosen)s,
        m AS MATERIALIZED (
            SELECT steps.*, %(first)s::int AS wanted_first, %(second)s::int AS wanted_second%(extra)s
              FROM (%(steps)s) AS steps WHERE %(wanted)s
        ),
        applies AS NOT MATERIALIZED (%(applies)s),
        breaches AS NOT MATERIALIZED (%(breaches)s),
        unknown AS NOT MATERIALIZED (%(unknown)s)
        """,
        chosen=relations.chosen(filters),
        first=rule.first,
        second=rule.second,
        extra=SQL(", %s", parts.extra) if parts.extra else SQL(),
        steps=relations.steps(filters),
        wanted=parts.wanted,
        applies=applies,
        breaches=SQL(" UNION ALL ").join(parts.breaches),
        unknown=parts.unknown or SQL("SELECT NULL::int AS case_id WHERE FALSE"),
    )


class Parts(NamedTuple):
    """What a kind of rule brings. ``extra`` are columns of ``m``, windows over the wanted steps."""

    wanted: SQL
    breaches: list[SQL]
    applies: SQL | None = None
    extra: SQL | None = None
    unknown: SQL | None = None


def _breach(code, condition, *, may_heal=False, due=None, took=None, once=False) -> SQL:
    """:param once: at most one such breach in a case, whichever step shows it"""
    return SQL(
        """
        SELECT case_id, position, seq, ts, activity, next_activity, resource, %(code)s::text AS code,
               %(may_heal)s AS may_heal, %(due)s AS due, %(took)s AS took, %(occurrence)s AS occurrence
          FROM m WHERE %(condition)s
        """,
        code=code,
        may_heal=may_heal if isinstance(may_heal, SQL) else SQL(str(may_heal).upper()),
        due=due or (OPEN_ENDED if may_heal is not False else SQL("ts")),
        took=took or SQL("NULL::float8"),
        occurrence=SQL("0") if once else SQL("seq"),
        condition=condition,
    )


def _is(*ids) -> SQL:
    return SQL("activity = ANY(%s)", [id_ for id_ in ids if id_])


def _counted(rule, _calendar_id, _now):
    """Too few show at the end of the case, too many at the first one too much."""
    few = SQL("%s AND times < %s", LAST, rule.times)
    breaches = [_breach("too_few", few, may_heal=True, once=True)]
    if rule.kind == "exactly":
        many = SQL("%s AND nth = %s", FIRST, rule.times + 1)
        breaches.append(_breach("too_many", many, once=True))
    # Counted along with the steps: looked for case by case, ten times the cases take a hundred times as long.
    times = SQL(
        "count(*) FILTER (WHERE %s) OVER (PARTITION BY case_id) AS times",
        _is(rule.first),
    )
    return Parts(SQL("%s OR %s", _is(rule.first), LAST), breaches, extra=times)


def _absence(rule, _calendar_id, _now):
    return Parts(_is(rule.first), [_breach("forbidden", SQL("TRUE"))])


def _init(rule, _calendar_id, _now):
    return Parts(
        SQL("position = 1"),
        [_breach("wrong_start", SQL("NOT %s", _is(rule.first)), once=True)],
    )


def _end(rule, _calendar_id, _now):
    wrong = SQL("NOT %s", _is(rule.first))
    return Parts(LAST, [_breach("wrong_end", wrong, may_heal=True, once=True)])


def _bounds(rule):
    return SQL(
        """
        max(position) FILTER (WHERE activity = %(second)s) OVER (PARTITION BY case_id) AS last_second,
        min(position) FILTER (WHERE activity = %(first)s) OVER (PARTITION BY case_id) AS first_first,
        min(position) FILTER (WHERE activity = %(second)s) OVER (PARTITION BY case_id) AS first_second
        """,
        first=rule.first,
        second=rule.second,
    )


def _ordered(rule, _calendar_id, _now):
    """Response, precedence, succession."""
    breaches = []
    if rule.kind in ("response", "succession"):
        unanswered = SQL("%s AND coalesce(last_second, 0) < position", FIRST)
        breaches.append(_breach("unanswered", unanswered, may_heal=True))
    if rule.kind in ("precedence", "succession"):
        unprepared = SQL("%s AND coalesce(first_first > position, TRUE)", SECOND)
        breaches.append(_breach("unprepared", unprepared))
    return Parts(
        _is(rule.first, rule.second),
        breaches,
        _asks(response=rule.kind == "response", precedence=rule.kind == "precedence"),
        _bounds(rule),
    )


def _asks(*, response, precedence):
    """A response asks for something where the first one happens, a precedence where the second one does."""
    if response:
        return SQL("SELECT case_id FROM m WHERE %s", FIRST)
    if precedence:
        return SQL("SELECT case_id FROM m WHERE %s", SECOND)
    return None


def _chained(rule, _calendar_id, _now):
    """Chain response, precedence, succession. All steps of both are in ``m``, so what comes before is, too."""
    breaches = []
    if rule.kind != "chain_precedence":
        at_end = SQL("%s AND %s", FIRST, LAST)
        breaches.append(_breach("not_next", at_end, may_heal=True))
        elsewhere = SQL("%s AND next_activity <> %s", FIRST, rule.second)
        breaches.append(_breach("not_next", elsewhere))
    if rule.kind != "chain_response":
        unprepared = SQL(
            "%s AND NOT coalesce(before = position - 1 AND before_activity = wanted_first, FALSE)",
            SECOND,
        )
        breaches.append(_breach("not_before", unprepared))
    return Parts(
        _is(rule.first, rule.second),
        breaches,
        _asks(
            response=rule.kind == "chain_response",
            precedence=rule.kind == "chain_precedence",
        ),
        SQL(
            """
            lag(position) OVER (PARTITION BY case_id ORDER BY position) AS before,
            lag(activity) OVER (PARTITION BY case_id ORDER BY position) AS before_activity
            """
        ),
    )


def _not_coexistence(rule, _calendar_id, _now):
    """It breaks where the second of the two has come as well."""
    both = SQL(
        "first_first IS NOT NULL AND first_second IS NOT NULL AND position = greatest(first_first, first_second)"
    )
    return Parts(
        _is(rule.first, rule.second),
        [_breach("together", both, once=True)],
        extra=_bounds(rule),
    )


def _within(rule, calendar_id, now):
    """The next answer counts. What is not answered yet may heal until its time is over."""
    passed, due = (
        (_business_passed, _business_due) if rule.business else (_passed, _due)
    )
    waits = SQL("answered IS NULL")
    broken = SQL(
        "%s AND (%s OR %s > %s)", FIRST, waits, passed(calendar_id, now), rule.within
    )
    late = SQL("%s AND answered IS NOT NULL", broken)
    open_ = SQL("%s AND %s", FIRST, waits)
    due = due(calendar_id, rule.within)
    return Parts(
        _is(rule.first, rule.second),
        [
            _breach("late", late, due=due, took=passed(calendar_id, now)),
            _breach(
                "unanswered_in_time",
                open_,
                may_heal=SQL("%s <= %s", passed(calendar_id, now), rule.within),
                due=due,
            ),
        ],
        SQL("SELECT case_id FROM m WHERE %s", FIRST),
        # Backwards, so that each look takes what the one before has found; time never falls within a case.
        SQL(
            "min(ts) FILTER (WHERE activity = %s) OVER (PARTITION BY case_id ORDER BY position DESC) AS answered",
            rule.second,
        ),
    )


def _passed(_calendar_id, now):
    return SQL("date_part('epoch', coalesce(answered, %s::timestamp) - ts)", now)


def _due(_calendar_id, within):
    return SQL("ts + %s * interval '1 second'", within)


def _business_passed(calendar_id, now):
    return SQL(
        "(%s - %s)",
        reading_at(calendar_id, SQL("coalesce(answered, %s::timestamp)", now)),
        reading_at(calendar_id, SQL("ts")),
    )


def _business_due(calendar_id, within):
    """The first moment at which so much time was open; at the latest the end of what is known of the calendar."""
    return SQL(
        """
        (SELECT o.starts + (%(reading)s + %(within)s - o.before) * interval '1 second'
           FROM process_intelligence_opening AS o
          WHERE o.calendar_id = %(calendar)s AND o.before < %(reading)s + %(within)s
          ORDER BY o.starts DESC LIMIT 1)
        """,
        reading=reading_at(calendar_id, SQL("ts")),
        within=within,
        calendar=calendar_id,
    )


def _four_eyes(rule, _calendar_id, _now):
    """It breaks where one resource has done both; a step without resource breaks nothing and is told."""
    both = SQL(
        "%s IS NOT NULL AND one_first IS NOT NULL AND one_second IS NOT NULL"
        " AND position = greatest(one_first, one_second)",
        KNOWN,
    )
    pairs = SQL("SELECT case_id FROM m WHERE both_happen")
    return Parts(
        _is(rule.first, rule.second),
        [_breach("same_resource", both)],
        pairs,
        SQL(
            """
            count(*) FILTER (WHERE activity = %(first)s) OVER (PARTITION BY case_id) > 0
            AND count(*) FILTER (WHERE activity = %(second)s) OVER (PARTITION BY case_id) > 0 AS both_happen,
            min(position) FILTER (WHERE activity = %(first)s) OVER (PARTITION BY case_id, %(known)s) AS one_first,
            min(position) FILTER (WHERE activity = %(second)s) OVER (PARTITION BY case_id, %(known)s) AS one_second
            """,
            first=rule.first,
            second=rule.second,
            known=KNOWN,
        ),
        SQL("%s AND %s IS NULL", pairs, KNOWN),
    )


def _allowed(rule, _calendar_id, _now):
    stranger = SQL(
        "%s IS NOT NULL AND %s <> ALL(%s)", KNOWN, KNOWN, list(rule.resources)
    )
    return Parts(
        _is(rule.first),
        [_breach("stranger", stranger)],
        SQL("SELECT case_id FROM m"),
        unknown=SQL("SELECT case_id FROM m WHERE %s IS NULL", KNOWN),
    )


def _norm(rule, _calendar_id, _now):
    norm = rule.norm
    start = SQL("position = 1 AND NOT %s", _is(*norm.starts))
    end = SQL("%s AND NOT %s", LAST, _is(*norm.ends))
    moves = [source * 2**32 + target for source, target in norm.moves]
    move = SQL(
        "next_activity IS NOT NULL AND NOT %s = ANY(%s::bigint[])",
        SQL("(%s)", PAIR),
        moves,
    )
    return Parts(
        SQL("(%s) OR (%s) OR (%s)", start, end, move),
        [
            _breach("off_start", start, once=True),
            _breach("off_move", move),
            _breach("off_end", end, may_heal=True, once=True),
        ],
    )


_PARTS = {
    "existence": _counted,
    "exactly": _counted,
    "absence": _absence,
    "init": _init,
    "end": _end,
    "response": _ordered,
    "precedence": _ordered,
    "succession": _ordered,
    "chain_response": _chained,
    "chain_precedence": _chained,
    "chain_succession": _chained,
    "not_coexistence": _not_coexistence,
    "within": _within,
    "four_eyes": _four_eyes,
    "allowed": _allowed,
    "norm": _norm,
}
