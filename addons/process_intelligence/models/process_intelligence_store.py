from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.stored import CASE_COLUMNS, STEP_COLUMNS, built

#: Marks worked off in one transaction: some seconds of work.
BATCH = 20_000
#: Steps written at once that make other plans the right ones.
MANY_STEPS = 10_000


class ProcessIntelligenceStore(models.AbstractModel):
    """The one writer of stored cases and steps.

    Whoever changes events marks their cases in the same transaction. The writer works out marked cases from all
    events that its snapshot sees and deletes the marks that it saw; what commits later brings its own mark. So an
    event that arrives late, or in two transactions at once, is placed right, whatever the order of commits.
    """

    _name = "process_intelligence.store"
    _description = "Writer of Stored Cases"

    @api.model
    def _cron_refresh(self):
        """Work off the marks, a batch a transaction."""
        cron = self.env["ir.cron"]
        while done := self._refresh():
            if not cron._commit_progress(done):
                break

    @api.model
    def _refresh(self):
        """Work out what is marked.

        :return: number of marks that were worked off; 0 when there are none
        """
        if not self._is_alone():
            return 0
        return self._refresh_whole() or self._refresh_cases()

    def _is_alone(self):
        """Two writers would only collide; the second leaves the marks to the first."""
        [[alone]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", self._name)
        )
        return alone

    def _processes(self, domain):
        return self.env["process_intelligence.definition"].sudo().search(domain)

    # ------------------------------------------------------------------ whole processes

    def _refresh_whole(self):
        """The next process that is to be worked out as a whole; one that rests keeps its mark."""
        [[waiting]] = self.env.execute_query(
            SQL(
                """
                SELECT array_agg(DISTINCT definition_id) FROM process_intelligence_stale
                 WHERE definition_id IS NOT NULL AND case_key IS NULL
                """
            )
        )
        known = (
            self.env["process_intelligence.definition"]
            .sudo()
            .with_context(active_test=False)
            .browse(waiting or [])
            .exists()
        )
        gone = set(waiting or []) - set(known.ids)
        due = known.filtered("active")[:1]
        if due:
            self._build(due)
        return self._forget(SQL("definition_id = ANY(%s)", [*gone, *due.ids]))

    # ------------------------------------------------------------------ single cases

    def _refresh_cases(self):
        ids, case_types, definition_ids = self._next_marks()
        marked = SQL("id = ANY(%s)", ids)
        for definition in self._processes(
            [("source", "=", "ledger"), ("case_type", "in", case_types)]
        ):
            self._build(
                definition,
                SQL(
                    "SELECT case_model, case_id FROM process_intelligence_stale WHERE case_type = %s AND %s",
                    definition.case_type,
                    marked,
                ),
            )
        for definition in self._processes([("id", "in", definition_ids)]):
            self._build(
                definition,
                SQL(
                    "SELECT case_key FROM process_intelligence_stale WHERE definition_id = %s AND %s",
                    definition.id,
                    marked,
                ),
            )
        return self._forget(marked) if ids else 0

    def _next_marks(self):
        """:return: ``(ids, kinds of cases, processes)`` of the oldest marks of single cases"""
        return self.env.execute_query(
            SQL(
                """
                SELECT coalesce(array_agg(id), '{}'),
                       coalesce(array_agg(DISTINCT case_type) FILTER (WHERE case_type IS NOT NULL), '{}'),
                       coalesce(array_agg(DISTINCT definition_id) FILTER (WHERE definition_id IS NOT NULL), '{}')
                  FROM (SELECT * FROM process_intelligence_stale
                         WHERE case_type IS NOT NULL OR case_key IS NOT NULL ORDER BY id LIMIT %s) AS marks
                """,
                BATCH,
            )
        )[0]

    def _forget(self, marked):
        self.env.cr.execute(
            SQL("DELETE FROM process_intelligence_stale WHERE %s", marked)
        )
        return self.env.cr.rowcount

    # ------------------------------------------------------------------ writing

    def _build(self, definition, keys=None):
        """Work out the cases of a process anew, all or those that ``keys`` selects."""
        definition._sort_in_memory()
        events = definition._every_row(keys)
        definition._note_names(events)
        definition._cover_openings(events)
        self._drop(definition, keys)
        self.env.cr.execute(
            SQL(
                """
                WITH %(built)s,
                kept AS (
                    INSERT INTO process_intelligence_case (definition_id, %(case_columns)s)
                    SELECT %(definition)s, %(case_columns)s FROM built_cases RETURNING id, case_key
                )
                INSERT INTO process_intelligence_step (definition_id, case_id, %(step_columns)s)
                SELECT %(definition)s, kept.id, %(step_columns)s FROM built_steps JOIN kept USING (case_key)
                """,
                built=built(events, definition.id, definition.calendar_id.id),
                definition=definition.id,
                case_columns=CASE_COLUMNS,
                step_columns=STEP_COLUMNS,
            )
        )
        if self.env.cr.rowcount > MANY_STEPS:
            # The next question comes long before the database looks by itself how much there is now.
            self.env.cr.execute(
                "ANALYZE process_intelligence_case, process_intelligence_step"
            )

    @api.model
    def _drop_stale(self):
        """Delete what is stored of marked cases, and names that no step carries. Questions read the events instead."""
        everything = self.env["process_intelligence.definition"].sudo()
        for definition in everything.with_context(active_test=False).search(
            Domain.TRUE
        ):
            stale, whole = definition._stale_state()
            if stale:
                self._drop(definition, None if whole else definition._anew_keys(False))
                self._drop_unused_names(definition)

    def _drop_unused_names(self, definition):
        """They are noted again as soon as they are needed; those that a person settled stay."""
        definition.flush_model(["start_activity_ids", "end_activity_ids"])
        self.env["process_intelligence.activity"].flush_model()
        self.env["process_intelligence.rule"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM process_intelligence_activity AS a
                 WHERE definition_id = %(definition)s AND kind IS NULL AND NOT coalesce(ignored, FALSE)
                   AND shown_as_id IS NULL
                   AND coalesce(cost_per_step, 0) = 0 AND coalesce(cost_per_hour, 0) = 0
                   AND NOT EXISTS (SELECT FROM process_intelligence_start_activity_rel WHERE activity_id = a.id)
                   AND NOT EXISTS (SELECT FROM process_intelligence_end_activity_rel WHERE activity_id = a.id)
                   AND NOT EXISTS (SELECT FROM process_intelligence_activity WHERE shown_as_id = a.id)
                   AND NOT EXISTS (SELECT FROM process_intelligence_rule
                                    WHERE a.id IN (activity_id, other_activity_id))
                   AND id NOT IN (SELECT DISTINCT activity FROM process_intelligence_step
                                   WHERE definition_id = %(definition)s)
                """,
                definition=definition.id,
            )
        )
        self.env["process_intelligence.activity"].invalidate_model()

    def _drop(self, definition, keys=None):
        of_cases = SQL("definition_id = %s", definition.id)
        if keys:
            of_cases = SQL(
                "%s AND %s IN (%s)",
                of_cases,
                SQL("(case_model, case_id)")
                if definition.source == "ledger"
                else SQL("case_key"),
                keys,
            )
        of_steps = SQL(
            "definition_id = %s AND case_id IN (SELECT id FROM process_intelligence_case WHERE %s)",
            definition.id,
            of_cases,
        )
        if not keys:
            of_steps = of_cases
        self.env.cr.execute(
            SQL("DELETE FROM process_intelligence_step WHERE %s", of_steps)
        )
        self.env.cr.execute(
            SQL("DELETE FROM process_intelligence_case WHERE %s", of_cases)
        )
