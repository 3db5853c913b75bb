from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.event_hub.fields import LooseMany2one

from ..policies.workspace import viewing
from ..tools.clock import utcnow


class SupportVisibilityPresence(models.Model):
    """Who has a ticket open at the moment: one row for a person and a ticket, gone when they leave.

    Nobody reads or writes it directly, see ``support_visibility_presence_ticket.py``.
    """

    _name = "support_visibility.presence"
    _description = "Who Is Viewing a Ticket"
    _inherit = ["event_hub.guarded"]
    _log_access = False
    _order = "id"

    ticket_id = LooseMany2one("support_visibility.ticket", required=True, readonly=True)
    user_id = LooseMany2one("res.users", required=True, readonly=True)
    seen_at = fields.Datetime(required=True, readonly=True, index=True)
    is_writing = fields.Boolean("Writing", readonly=True)

    _one_uniq = models.Constraint(
        "UNIQUE(ticket_id, user_id)", "A person views a ticket once."
    )

    @api.model
    def _here(self, ticket):
        """:return: ``[Viewer]`` of this ticket, whoever came first first"""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, seen_at, is_writing FROM %s WHERE ticket_id = %s ORDER BY id",
                SQL.identifier(self._table),
                ticket.id,
            )
        )
        found = (viewing.Viewer(row[0], row[1], bool(row[2])) for row in rows)
        now = utcnow()
        return [viewer for viewer in found if viewing.is_here(viewer, now)]

    @api.model
    def _keep(self, ticket, user, is_writing):
        """A sign of life: one row at most, however often it comes; what expired meanwhile is swept away."""
        now = utcnow()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO %(table)s (ticket_id, user_id, seen_at, is_writing)
                     VALUES (%(ticket)s, %(user)s, %(now)s, %(writing)s)
                ON CONFLICT (ticket_id, user_id)
                  DO UPDATE SET seen_at = EXCLUDED.seen_at, is_writing = EXCLUDED.is_writing
                  RETURNING id
                """,
                table=SQL.identifier(self._table),
                ticket=ticket.id,
                user=user.id,
                now=now,
                writing=is_writing,
            )
        )
        self._sweep(now - viewing.EXPIRES_AFTER)

    @api.model
    def _drop(self, ticket, user):
        """:return: whether somebody was there"""
        return bool(
            self.env.execute_query(
                SQL(
                    "DELETE FROM %s WHERE ticket_id = %s AND user_id = %s RETURNING id",
                    SQL.identifier(self._table),
                    ticket.id,
                    user.id,
                )
            )
        )

    @api.model
    def _sweep(self, until):
        """Rows that another transaction is busy with are left to it: a sign of life waits for nobody."""
        self.env.execute_query(
            SQL(
                """
                DELETE FROM %(table)s WHERE id IN (
                    SELECT id FROM %(table)s WHERE seen_at < %(until)s
                     ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
                ) RETURNING id
                """,
                table=SQL.identifier(self._table),
                until=until,
            )
        )

    @api.autovacuum
    def _gc_expired(self):
        self.search([("seen_at", "<", utcnow() - timedelta(hours=1))]).unlink()
