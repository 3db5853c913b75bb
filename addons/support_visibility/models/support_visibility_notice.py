import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.clock import utcnow

_logger = logging.getLogger(__name__)
RECEIVED, RATE = "received", "rate"
BATCH = 50
KEPT_DAYS = 90
CRON = "support_visibility.ir_cron_notices"


class SupportVisibilityNotice(models.Model):
    """A word of ours to the customer that a machine says: once for each occasion, in a transaction of its own."""

    _name = "support_visibility.notice"
    _description = "Automatic Word to the Customer"
    _inherit = ["event_hub.guarded"]
    _order = "id desc"
    _log_access = False
    _rec_name = "kind"

    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(
        [(RECEIVED, "Arrived"), (RATE, "How did it go?")], required=True, readonly=True
    )
    occasion = fields.Integer(
        readonly=True, help="How often the ticket had been reopened by then."
    )
    at = fields.Datetime("Asked for", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("skipped", "Not Needed"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    done_at = fields.Datetime("Done", readonly=True)

    _once = models.UniqueIndex("(ticket_id, kind, occasion)")
    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")

    @api.model
    def _ask(self, tickets, kind):
        """Ask for a notice about each ticket; one that was asked for is not asked for again."""
        rows = [
            SQL("(%s, %s, %s, %s, 'waiting')", t.id, kind, t.reopen_count, utcnow())
            for t in tickets
        ]
        if not rows:
            return
        tickets.flush_recordset(["reopen_count"])
        self.env.execute_query(
            SQL(
                """
                INSERT INTO support_visibility_notice (ticket_id, kind, occasion, at, state) VALUES %s
                ON CONFLICT DO NOTHING RETURNING id
                """,
                SQL(", ").join(rows),
            )
        )
        self.env["event_hub.waker"]._wake(CRON)

    @api.model
    def _cron_tell(self):
        """Say what waits, ticket by ticket: one that cannot be told holds up no other."""
        cron = self.env["ir.cron"]
        waiting = [("state", "=", "waiting")]
        cron._commit_progress(remaining=self.search_count(waiting))
        while notices := self.search(waiting, order="id", limit=BATCH):
            notices = notices.try_lock_for_update().filtered_domain(waiting)
            if not notices:
                return
            for notice in notices:
                notice._tell()
            if not cron._commit_progress(len(notices)):
                return

    def _tell(self):
        try:
            with self.env.cr.savepoint():
                told = self.ticket_id._tell_customer(self.kind, self.occasion)
                state = "sent" if told else "skipped"
        except OperationalError:
            raise
        except Exception:
            _logger.exception("The customer of %s could not be told", self.ticket_id)
            state = "failed"
        self.write({"state": state, "done_at": utcnow()})

    @api.autovacuum
    def _gc_notices(self):
        self.env.execute_query(
            SQL(
                """
                DELETE FROM support_visibility_notice
                 WHERE done_at < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                   AND ticket_id IN (SELECT id FROM support_visibility_ticket WHERE state = 'closed') RETURNING id
                """,
                KEPT_DAYS,
            )
        )
