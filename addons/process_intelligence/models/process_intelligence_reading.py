from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import answers, questions
from ..tools.questions import Names, Relations
from ..tools.stored import built

#: What a record rule may ask of an event and still be answered from the stored cases.
KEPT_FIELDS = {"company_id"}


class ProcessIntelligenceReading(models.AbstractModel):
    """What questions about a process read: the stored cases and steps, with stale ones worked out anew.

    Only what the asking user may see is in it: stored cases are joined with the records that he may read; where
    his rules ask for more than is stored, and for cases of several companies, the events themselves are read.
    """

    _name = "process_intelligence.reading"
    _inherit = ["process_intelligence.ledger_rows"]
    _description = "Cases and Steps of a Process"

    def _relations(self) -> Relations:
        """:return: the CTEs of cases and steps, and the names behind the ids in them"""
        self.ensure_one()
        self.check_access("read")
        self.env["process_intelligence.activity"].flush_model()
        stale, whole = self._stale_state()
        kept = None if whole else self._kept_condition()
        if kept is None:
            return self._all_anew()
        mixed = bool(kept.code) and self._has_mixed()
        if not stale and not mixed:
            return Relations.of_stored(self.id, self._names(), kept)
        self._sort_in_memory()
        return self._some_anew(kept, mixed)

    def _answer(self, query, relations):
        """:return: rows; those of the same question about the same stored cases are not worked out twice"""
        if relations.anew:
            return self.env.execute_query(query)
        if relations.seen is None:
            relations.seen = self.env.execute_query(questions.signature(relations))[0]
        key = (
            *(self.env.cr.dbname, self.id, relations.seen),
            *(query.code, repr(query.params)),
        )
        rows = answers.KEPT.get(key)
        if rows is None:
            ask = self.env.execute_query if relations.narrowed else self._ask_by_index
            rows = tuple(ask(query))
            answers.KEPT.keep(key, rows)
        return rows

    def _ask_by_index(self, query):
        """The steps of a process lie side by side. The database does not know, and would read those of all others."""
        return self._ask_without("seqscan", query)

    def _ask_without(self, kind, query):
        """Ask without one kind of plan, such as ``nestloop``; afterwards it may be used again if it was before."""
        name = f"enable_{kind}"
        [[before, _off]] = self.env.execute_query(
            SQL(
                """
                WITH kept AS MATERIALIZED (SELECT current_setting(%(name)s) AS before)
                SELECT before, set_config(%(name)s, 'off', TRUE) FROM kept
                """,
                name=name,
            )
        )
        rows = self.env.execute_query(query)
        self.env.execute_query(SQL("SELECT set_config(%s, %s, TRUE)", name, before))
        return rows

    # ------------------------------------------------------------------ what is stale

    def _stale_marks(self) -> SQL:
        """Condition on ``process_intelligence_stale``: it is about this process."""
        if self.source == "ledger":
            return SQL(
                "(case_type = %s OR definition_id = %s)", self.case_type, self.id
            )
        return SQL("definition_id = %s", self.id)

    def _stale_state(self):
        """:return: ``(number of marks of stale cases, whether all are stale)``"""
        [[stale, whole]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), coalesce(bool_or(definition_id IS NOT NULL AND case_key IS NULL), FALSE)
                  FROM process_intelligence_stale WHERE %s
                """,
                self._stale_marks(),
            )
        )
        return stale, whole

    def _has_mixed(self):
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM process_intelligence_case WHERE definition_id = %s AND mixed LIMIT 1",
                    self.id,
                )
            )
        )

    def _mark_stale(self):
        """Have every case worked out anew; until then questions read the events."""
        if self:
            self.env.cr.execute_values(
                "INSERT INTO process_intelligence_stale (definition_id) VALUES %s",
                [(id_,) for id_ in self.ids],
            )
            self.env["event_hub.waker"]._wake("process_intelligence.store_cron")
        return True

    def _mark_imported(self, log):
        """Have the cases of an import worked out anew; all of the process, where nothing is stored yet."""
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                INSERT INTO process_intelligence_stale (definition_id, case_key)
                SELECT DISTINCT definition_id, case_key FROM process_intelligence_log_event
                 WHERE log_id = %s AND EXISTS (SELECT FROM process_intelligence_case WHERE definition_id = %s)
                """,
                log.id,
                self.id,
            )
        )
        if cr.rowcount:
            self.env["event_hub.waker"]._wake("process_intelligence.store_cron")
        else:
            self._mark_stale()

    # ------------------------------------------------------------------ what the user may see of the stored

    def _kept_condition(self) -> SQL | None:
        """Condition on ``process_intelligence_case``: every event of it is the user's to see.

        :return: None where that cannot be told from what is stored; empty where it is all of them
        """
        ledger = self.source == "ledger"
        model = "event_hub.event" if ledger else "process_intelligence.log_event"
        self.env[model].check_access("read")
        domain = (
            Domain.TRUE
            if self.env.su
            else self.env["ir.rule"]._compute_domain(model, "read")
        )
        if any(part.field_expr not in KEPT_FIELDS for part in domain.iter_conditions()):
            return None
        conditions = []
        query = self.env["process_intelligence.case"].sudo()._search(domain)
        if query.where_clause:
            conditions.append(
                SQL("(NOT coalesce(mixed, FALSE) AND (%s))", query.where_clause)
            )
        if ledger:
            conditions.append(
                self._visible_cases(
                    self._kept_models(), SQL.identifier("process_intelligence_case")
                )
            )
        return SQL(" AND ").join(conditions)

    def _kept_models(self):
        """:return: kinds of records that stored cases are; found in the index, kind by kind"""
        return [
            model
            for (model,) in self.env.execute_query(
                SQL(
                    """
                    WITH RECURSIVE kinds AS (
                        SELECT min(case_model) AS kind FROM process_intelligence_case
                         WHERE definition_id = %(id)s AND case_model IS NOT NULL
                        UNION ALL
                        SELECT (SELECT min(case_model) FROM process_intelligence_case
                                 WHERE definition_id = %(id)s AND case_model > kind)
                          FROM kinds WHERE kind IS NOT NULL
                    ) SELECT kind FROM kinds WHERE kind IS NOT NULL
                    """,
                    id=self.id,
                )
            )
        ]

    # ------------------------------------------------------------------ worked out anew

    def _all_anew(self):
        self._sort_in_memory()
        events = self._rows()
        self._cover_openings(events)
        new = self._new_names(events)
        return Relations.of_events(
            self._names(new),
            built(events, self.id, self.calendar_id.id, new),
        )

    def _some_anew(self, kept, mixed):
        events = self._rows(self._anew_keys(mixed))
        self._cover_openings(events)
        new = self._new_names(events)
        conditions = [self._unmarked()]
        if mixed:
            conditions.append(SQL("NOT coalesce(mixed, FALSE)"))
        if kept.code:
            conditions.append(kept)
        return Relations.of_both(
            self.id,
            self._names(new),
            SQL(" AND ").join(conditions),
            built(events, self.id, self.calendar_id.id, new),
        )

    def _unmarked(self) -> SQL:
        """Condition on ``process_intelligence_case``: nothing of it is to be worked out anew."""
        return SQL(
            "NOT EXISTS (SELECT FROM process_intelligence_stale AS stale WHERE %s)",
            _marks_ledger_case(self.case_type)
            if self.source == "ledger"
            else _marks_log_case(self.id),
        )

    def _sort_in_memory(self):
        """Many cases are sorted several times; until this transaction ends that may take memory, not files.

        What they consist of meanwhile has no statistics: a plan that loops for each row would take hours.
        """
        self._take_memory()
        self.env.cr.execute("SET LOCAL enable_nestloop = off")

    def _take_memory(self):
        """Until this transaction ends a question may sort as much in memory, not in files."""
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")

    def _anew_keys(self, mixed):
        """SELECT of the cases that are to be worked out anew, as ``_rows`` takes them."""
        columns = SQL("case_model, case_id" if self.source == "ledger" else "case_key")
        stale = SQL(
            "SELECT %s FROM process_intelligence_stale WHERE %s",
            columns,
            self._stale_marks(),
        )
        if not mixed:
            return stale
        return SQL(
            "%s UNION SELECT %s FROM process_intelligence_case WHERE definition_id = %s AND mixed",
            stale,
            columns,
            self.id,
        )

    # ------------------------------------------------------------------ names

    def _names(self, new=()):
        """:param new: ``[(name, id)]`` of names that are not noted yet
        :return: ``Names`` of the activities
        """
        return Names(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, name, coalesce(shown_as_id, id) FROM process_intelligence_activity
                     WHERE definition_id = %s
                    """,
                    self.id,
                )
            )
            + [(id_, name, id_) for name, id_ in new]
        )

    def _new_names(self, events):
        """:return: ``[(name, id)]`` of names that are not noted yet, with ids of their own for one question"""
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ev.activity FROM (%s) AS ev
                 WHERE NOT EXISTS (SELECT FROM process_intelligence_activity AS a
                                    WHERE a.definition_id = %s AND a.name = ev.activity)
                 ORDER BY 1
                """,
                events,
                self.id,
            )
        )
        return [(name, -place) for place, (name,) in enumerate(found, start=1)]


def _marks_ledger_case(case_type):
    return SQL(
        """
        stale.case_type = %s AND stale.case_model = process_intelligence_case.case_model
        AND stale.case_id = process_intelligence_case.case_id
        """,
        case_type,
    )


def _marks_log_case(definition_id):
    return SQL(
        "stale.definition_id = %s AND stale.case_key = process_intelligence_case.case_key",
        definition_id,
    )
