from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one

MARK = "process_intelligence_mark_stale"  # functions and triggers begin with it
#: ``(table, statement, rows that it names, marks that they make)``. Imports mark their cases themselves.
WATCHED = (
    *(
        (
            "event_hub_event",
            statement,
            rows,
            SQL(
                """
                (case_type, case_model, case_id) SELECT DISTINCT case_type, case_model, case_id FROM told
                  WHERE case_type IS NOT NULL AND case_id IS NOT NULL
                """
            ),
        )
        for statement, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ),
    (
        *("process_intelligence_log_event", "UPDATE", "NEW"),
        SQL(
            "(definition_id, case_key) SELECT DISTINCT definition_id, case_key FROM told"
        ),
    ),
    (
        *("process_intelligence_log_event", "DELETE", "OLD"),
        SQL("(definition_id) SELECT DISTINCT definition_id FROM told"),
    ),
)


class ProcessIntelligenceStale(models.Model):
    """Cases whose steps are to be worked out anew. Only inserted and deleted, so writers never wait for each other.

    A mark commits with the events it is about: whoever sees the one sees the others.
    """

    _name = "process_intelligence.stale"
    _inherit = ["event_hub.guarded"]
    _description = "Case to Work Out Anew"
    _log_access = False
    _rec_name = "case_key"

    case_type = fields.Char(readonly=True, help="Of a case of the ledger.")
    case_model = fields.Char(readonly=True)
    case_id = fields.Many2oneReference(
        "Record", model_field="case_model", readonly=True
    )
    definition_id = LooseMany2one(
        "process_intelligence.definition",
        "Process",
        readonly=True,
        help="Of imported cases, and of a process that is to be worked out as a whole.",
    )
    case_key = fields.Char("Case", readonly=True, help="Empty: every case.")

    _type_idx = models.Index("(case_type, case_model, case_id)")
    _definition_idx = models.Index(
        "(definition_id, case_key) WHERE definition_id IS NOT NULL"
    )

    def init(self):
        for place, watched in enumerate(WATCHED):
            self._watch(f"{MARK}_{place}", *watched)
        return super().init()

    @api.model
    def _watch(self, name, table, statement, rows, marks):
        """Mark cases in the transaction that tells of them, once per statement."""
        parts = {
            "name": SQL.identifier(name),
            "table": SQL.identifier(table),
            "statement": SQL(statement),
            "rows": SQL(rows),
            "marks": marks,
        }
        self.env.cr.execute(SQL(CREATE_FUNCTION, **parts))
        self.env.cr.execute(
            SQL("DROP TRIGGER IF EXISTS %(name)s ON %(table)s", **parts)
        )
        self.env.cr.execute(SQL(CREATE_TRIGGER, **parts))

    @api.model
    def _unwatch(self):
        """For uninstallation only."""
        for place in range(len(WATCHED)):
            function = SQL.identifier(f"{MARK}_{place}")
            self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", function))


CREATE_FUNCTION = """
    CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $mark$
    BEGIN
        INSERT INTO process_intelligence_stale %(marks)s;
        RETURN NULL;
    END $mark$
"""
CREATE_TRIGGER = """
    CREATE TRIGGER %(name)s AFTER %(statement)s ON %(table)s REFERENCING %(rows)s TABLE AS told
       FOR EACH STATEMENT EXECUTE FUNCTION %(name)s()
"""
