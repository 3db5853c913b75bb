from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one

CRON = "support_visibility.ir_cron_sla_reread"
BATCH = 500  # tickets a transaction


class SupportVisibilitySlaReread(models.Model):
    """Something that many deadlines rest on was changed: open tickets are matched and read anew, in the background.

    One row a change, with how far the work has come: nobody's save waits for it, and no change is forgotten.
    """

    _name = "support_visibility.sla_reread"
    _description = "Deadlines to Read Again"
    _inherit = ["event_hub.guarded", "event_hub.loose"]
    _order = "id desc"

    why = fields.Char(required=True, readonly=True)
    by_user_id = LooseMany2one("res.users", "By", readonly=True)
    at = fields.Datetime(
        "When", required=True, readonly=True, default=fields.Datetime.now
    )
    calendar_id = LooseMany2one(
        "resource.calendar", readonly=True, help="Only clocks that count by it."
    )
    account_id = LooseMany2one(
        "res.partner", readonly=True, help="Only tickets of this account."
    )
    after_id = fields.Integer("Done Until Ticket", readonly=True)
    done_at = fields.Datetime("Done", readonly=True, index="btree_not_null")
    ticket_count = fields.Integer("Tickets Looked At", readonly=True)

    _todo_idx = models.Index("(id) WHERE done_at IS NULL")

    @api.model
    def _ask(self, why, calendar=None, account=None):
        """Have the deadlines read again soon, in the name of who asks."""
        self.sudo().create(
            {
                "why": why,
                "by_user_id": self.env.uid,
                "calendar_id": calendar.id if calendar else False,
                "account_id": account.id if account else False,
            }
        )
        self.env["event_hub.waker"]._wake(CRON)

    @api.model
    def _cron_read_again(self):
        """Entry point of the Scheduled Action: the oldest changes first, a batch of tickets a transaction."""
        try:
            self._read_all(self.search([("done_at", "=", False)], order="id"))
        except (
            SerializationFailure
        ):  # somebody wrote one of the tickets first: once more
            self.env.cr.rollback()
            self.env["event_hub.waker"]._wake(CRON)
            self.env["ir.cron"]._commit_progress(remaining=0)

    def _read_all(self, todo):
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(todo))
        for ask in todo:
            while not ask.done_at:
                worked = ask._read_some()
                left = 0 if ask == todo[-1:] and ask.done_at else 1
                if not cron._commit_progress(worked, remaining=left):
                    return

    def _read_some(self):
        """:return: how many tickets were read, at most a batch"""
        tickets = self._tickets()
        tickets.with_user(self.by_user_id.exists() or self.env.user).sudo()._sla_match(
            self.why
        )
        last = len(tickets) < BATCH
        self.write(
            {
                "after_id": tickets[-1:].id or self.after_id,
                "ticket_count": self.ticket_count + len(tickets),
                "done_at": fields.Datetime.now() if last else False,
            }
        )
        return len(tickets)

    def _tickets(self):
        """:return: the next open tickets, locked; who writes one meanwhile comes first, then we start again"""
        query = SQL(
            """
            SELECT ticket.id FROM support_visibility_ticket ticket
             WHERE ticket.id > %s AND ticket.state IN ('new', 'open', 'waiting') AND %s AND %s
             ORDER BY ticket.id LIMIT %s FOR NO KEY UPDATE
            """,
            self.after_id,
            self._of_calendar(),
            SQL("ticket.account_id = %s", self.account_id.id)
            if self.account_id
            else SQL("TRUE"),
            BATCH,
        )
        rows = self.env.execute_query(query)
        return self.env["support_visibility.ticket"].browse(row[0] for row in rows)

    def _of_calendar(self):
        if not self.calendar_id:
            return SQL("TRUE")
        return SQL(
            """EXISTS (SELECT FROM support_visibility_sla_clock clock
                        WHERE clock.ticket_id = ticket.id AND clock.calendar_id = %s AND clock.stopped_at IS NULL)""",
            self.calendar_id.id,
        )

    @api.autovacuum
    def _gc_done(self):
        """What was changed stays with each clock; the list of finished work is kept for a quarter."""
        old = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        self.search([("done_at", "<", old)], limit=10_000).unlink()
