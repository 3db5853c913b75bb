from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ..tools.questions import Relations
from ..tools.stored import TRANSITION, built


class Newest(NamedTuple):
    """What a question about one record and the newest cases of its kind reads.

    ``own``: the case of the record; ``stored``: all cases as stored; ``anew``: ids of the records, newest first,
    whose cases are to be worked out from their events instead; ``new``: ``(name, id)`` of names not noted yet.
    """

    own: Relations
    stored: Relations
    anew: list[int]
    new: list


class _State(NamedTuple):
    """``kept``: condition on stored cases, None where events are read; ``marked``: cases are, ``own``: that one is."""

    kept: SQL | None
    mixed: bool
    marked: bool
    own: bool


class ProcessIntelligenceReadingNewest(models.AbstractModel):
    """As ``reading``, for questions that somebody waits for at a form: what is read has a bound.

    Of the marked cases the newest are worked out, so many; those beyond count as they were worked out last. Where
    all are marked, or rules ask for more than is stored, only the newest of all count.
    """

    _name = "process_intelligence.reading_newest"
    _inherit = ["process_intelligence.reading"]
    _description = "Newest Cases of a Process"

    def _newest(self, record, most) -> Newest:
        """:param record: whose case is asked about
        :param most: cases that are worked out anew
        """
        self.ensure_one()
        self.check_access("read")
        self.env["process_intelligence.activity"].flush_model()
        state = self._newest_state(record)
        anew = self._newest_anew(record._name, state, most)
        if state.own:
            anew = sorted({*anew, record.id}, reverse=True)
        own, new = self._own_relations(record, state)
        stored = Relations.of_stored(
            self.id, own.names, self._kept_of(record._name, state)
        )
        return Newest(own, stored, anew, new)

    def _relations_anew(self, model, reading) -> Relations:
        """:return: the cases that are to be worked out anew, lean (see ``built``), and their events as the CTE ``ev``;
        time is that on the clock, cases are called by the id of the record
        """
        told = built(SQL("SELECT * FROM ev"), self.id, None, reading.new, lean=True)
        return Relations.of_events(
            self._names(reading.new),
            SQL(
                """
                ev AS MATERIALIZED (
                    SELECT (case_id::text COLLATE "C") AS case_key, case_model, case_id, activity, ts, seq, resource,
                           company_id, CASE WHEN %s IS NOT NULL THEN attributes END AS attributes FROM (%s) AS ev
                ), %s
                """,
                TRANSITION,
                self._events_of_records(model, reading.anew),
                told,
            ),
        )

    def _newest_state(self, record):
        [[marked, whole, own]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) > 0, coalesce(bool_or(definition_id IS NOT NULL AND case_key IS NULL), FALSE),
                       coalesce(bool_or(case_model = %s AND case_id = %s), FALSE)
                  FROM process_intelligence_stale WHERE %s
                """,
                record._name,
                record.id,
                self._stale_marks(),
            )
        )
        kept = None if whole else self._kept_condition()
        mixed = kept is not None and self._has_mixed()
        own = own or kept is None or (mixed and self._is_mixed(record))
        return _State(kept, mixed, marked, own)

    def _is_mixed(self, record):
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    SELECT FROM process_intelligence_case
                     WHERE definition_id = %s AND case_model = %s AND case_id = %s AND mixed
                    """,
                    self.id,
                    record._name,
                    record.id,
                )
            )
        )

    def _kept_of(self, model, state):
        """Condition on stored cases of such records."""
        if state.kept is None:
            return SQL("FALSE")
        conditions = [SQL("case_model = %s", model)]
        if state.mixed:
            conditions.append(SQL("NOT coalesce(mixed, FALSE)"))
        if state.kept.code:
            conditions.append(state.kept)
        return SQL(" AND ").join(conditions)

    def _own_relations(self, record, state):
        """:return: ``(Relations, new names)``"""
        if not state.own:
            kept = SQL("case_model = %s AND case_id = %s", record._name, record.id)
            if state.kept.code:
                kept = SQL("%s AND %s", kept, state.kept)
            return Relations.of_stored(self.id, self._names(), kept), []
        events = self._events_of_records(record._name, [record.id], [record._name])
        self._cover_openings(events)
        new = self._new_names(events)
        own = built(events, self.id, self.calendar_id.id, new)
        return Relations.of_events(self._names(new), own), new

    # ------------------------------------------------------------------ worked out anew

    def _newest_anew(self, model, state, most):
        """:return: ids of the newest records that the user may see and whose cases are to be worked out anew"""
        if state.kept is None:
            cases = SQL(
                "SELECT case_model, case_id FROM (%s) AS ev WHERE case_model = %s",
                self._ledger_select(self._ledger_domain()),
                model,
            )
        elif state.marked or state.mixed:
            cases = SQL(
                "SELECT case_model, case_id FROM (%s) AS keys WHERE case_model = %s",
                self._anew_keys(state.mixed),
                model,
            )
        else:
            return []
        query = SQL(
            "SELECT DISTINCT case_id FROM (%s) AS anew ORDER BY case_id DESC LIMIT %s",
            cases,
            most,
        )
        ids = [id_ for (id_,) in self.env.execute_query(query)]
        records = self.env[model].with_context(active_test=False)
        return list(records._search([("id", "in", ids)]))

    def _events_of_records(self, model, ids, models=None):
        """SELECT of the events of records that the user may see; he sees no event that a rule hides.

        :param models: see ``_ledger_select``
        """
        return SQL(
            "SELECT * FROM (%s) AS ev WHERE case_model = %s AND case_id = ANY(%s)",
            self._ledger_select(self._ledger_domain(), models=models),
            model,
            ids,
        )
