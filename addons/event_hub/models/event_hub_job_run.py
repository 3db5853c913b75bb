from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

DONE = "done"  #: it dealt with records
IDLE = "idle"  #: it looked and found nothing, or does not say how much it did
FAILED = "failed"  #: an error ended it
HELD = "held"  #: paused: its turn passed without work
OUTCOMES = [
    (DONE, "Done"),
    (IDLE, "Nothing to Do"),
    (FAILED, "Failed"),
    (HELD, "Paused"),
]
GRAIN = {DONE: "minute", IDLE: "day", FAILED: "second", HELD: "day"}  # told in one row
KEPT = timedelta(days=91)  # a day more than figures look back
DROP_AT_ONCE = 10_000

# One Scheduled Action never runs twice at once, so nobody waits for this row.
TELL = """
    INSERT INTO event_hub_job_run (job_id, started_at, last_at, outcome, runs, items, seconds, error)
         VALUES (%(job)s, date_trunc(%(grain)s, %(now)s::timestamp), %(now)s, %(outcome)s, 1, %(items)s, %(seconds)s,
                 %(error)s)
    ON CONFLICT (job_id, outcome, started_at) DO UPDATE
            SET runs = event_hub_job_run.runs + 1, items = event_hub_job_run.items + EXCLUDED.items,
                seconds = event_hub_job_run.seconds + EXCLUDED.seconds, last_at = EXCLUDED.last_at
"""


class EventHubJobRun(models.Model):
    """What a governed Scheduled Action did in its turns.

    Turns with work are one row a minute, those without one a day, each failure has its own.
    """

    _name = "event_hub.job_run"
    _inherit = ["event_hub.guarded"]
    _description = "Runs of a Scheduled Action"
    _order = "last_at desc, id desc"
    _rec_name = "job_id"
    _log_access = False

    job_id = fields.Many2one(
        "event_hub.job",
        "Scheduled Action",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    started_at = fields.Datetime("From", required=True, readonly=True)
    last_at = fields.Datetime("Last", required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    runs = fields.Integer("Turns", required=True, readonly=True)
    items = fields.Integer("Dealt With", required=True, readonly=True, help="Records.")
    seconds = fields.Float("Took (s)", required=True, readonly=True)
    error = fields.Text(readonly=True, groups="event_hub.group_hub_admin")

    _place_uniq = models.UniqueIndex("(job_id, outcome, started_at)")

    @api.model
    def _tell(self, job_id, outcome, items=0, seconds=0.0, error=None):
        """Note one turn, in this transaction."""
        self.env.execute_query(
            SQL(
                TELL,
                job=job_id,
                grain=GRAIN[outcome],
                now=fields.Datetime.now(),
                outcome=outcome,
                items=items,
                seconds=seconds,
                error=error,
            )
        )
        return True

    @api.autovacuum
    def _gc_runs(self):
        """Forget runs after 91 days."""
        self.env.cr.execute(
            "DELETE FROM event_hub_job_run WHERE id = ANY(ARRAY("
            "SELECT id FROM event_hub_job_run WHERE started_at < %s LIMIT %s))",
            [fields.Datetime.now() - KEPT, DROP_AT_ONCE],
        )
        return self.env.cr.rowcount, self.env.cr.rowcount == DROP_AT_ONCE
