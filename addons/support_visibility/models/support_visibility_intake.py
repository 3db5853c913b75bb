from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..policies.intake import automatic, limits, routing
from ..tools import channels
from ..tools.clock import utcnow

KEPT_DAYS = 30
REFUSED = "refused"  # who wrote was told so at once, and when to come again
COUNT_REFUSED = """
    INSERT INTO support_visibility_intake (at, channel, team_id, company_id, outcome, reason, times, slot)
         VALUES (date_trunc('hour', %(now)s::timestamp), 'form', %(team)s, %(company)s, 'refused', 'too_many', 1,
                 pg_backend_pid())
    ON CONFLICT (team_id, company_id, at, slot) WHERE outcome = 'refused'
      DO UPDATE SET times = support_visibility_intake.times + 1
      RETURNING id
"""
OUTCOMES = [
    (routing.NEW, "New Ticket"),
    (routing.ANSWER, "Next Word"),
    (routing.QUARANTINE, "Quarantined"),
    (routing.REJECT, "Rejected"),
    (routing.CUT, "Cut"),
    (REFUSED, "Refused, Too Many"),
]
BROKEN = "broken"
HONEYPOT = "honeypot"
REASONS = [
    (automatic.OWN_ADDRESS, "Sent from an address of ours"),
    (automatic.AUTO_REPLY, "Automatic reply"),
    (automatic.NULL_PATH, "Report of a mail server"),
    (automatic.TOO_MANY, "Too many from this sender"),
    (automatic.AUTO_GENERATED, "Sent by a program"),
    (automatic.BULK, "Mailing list or bulk mail"),
    (automatic.SUPPRESS, "Asks not to be answered by a machine"),
    (routing.NO_SENDER, "No sender"),
    (routing.UNKNOWN_SENDER, "Unknown sender"),
    (BROKEN, "Could not be read"),
    (HONEYPOT, "Filled in by a program"),
]


class SupportVisibilityIntake(models.Model):
    """One line for each mail and form that came in: also for what was cut, so that nothing vanishes unseen."""

    _name = "support_visibility.intake"
    _description = "Line of the Intake Log"
    _inherit = ["event_hub.guarded"]
    _order = "at desc, id desc"
    _log_access = False
    _rec_name = "subject"

    at = fields.Datetime("When", required=True, readonly=True, index=True)
    channel = fields.Selection(channels.CHANNELS, required=True, readonly=True)
    team_id = fields.Many2one(
        "support_visibility.team", readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="cascade", index=True
    )
    sender = fields.Char(readonly=True, help="Address it came from.")
    subject = fields.Char(readonly=True)
    place = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Digest of the net address a form came from; the address itself is not kept.",
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    times = fields.Integer(
        readonly=True,
        default=1,
        aggregator="sum",
        help="What is refused by the limits of the public form has one line for an hour, with how often.",
    )
    slot = fields.Integer(readonly=True, groups=fields.NO_ACCESS)

    # A connection to the database has a line of its own, so that a flood waits for no lock.
    _refused_uniq = models.UniqueIndex(
        "(team_id, company_id, at, slot) WHERE outcome = 'refused'"
    )
    _sender_idx = models.Index("(sender, at)")
    _place_idx = models.Index("(place, at) WHERE place IS NOT NULL")

    @api.model
    def _note(self, **vals):
        """Write one line."""
        return self.sudo().create({"at": utcnow(), **vals})

    @api.model
    def _count_of(self, sender, minutes):
        """:return: how many mails of this sender came in within the last minutes"""
        since = utcnow() - timedelta(minutes=minutes)
        return self.sudo().search_count([("sender", "=", sender), ("at", ">", since)])

    @api.model
    def _count_rejected_today(self, sender):
        """:return: how often mail of the sender was refused within a day"""
        return self.sudo().search_count(
            [
                ("sender", "=", sender),
                ("outcome", "=", routing.REJECT),
                ("at", ">", utcnow() - timedelta(days=1)),
            ]
        )

    @api.model
    def _form_taken(self, sender, place):
        """:return: (when forms of this sender, when those from this place were taken) within the window, one query"""
        since = utcnow() - timedelta(minutes=limits.WINDOW_MINUTES)
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT coalesce(array_agg(at) FILTER (WHERE sender = %(sender)s), '{}'),
                       coalesce(array_agg(at) FILTER (WHERE place = %(place)s), '{}')
                  FROM support_visibility_intake
                 WHERE at > %(since)s AND channel = 'form' AND (sender = %(sender)s OR place = %(place)s)
                """,
                sender=sender,
                place=place,
                since=since,
            )
        )[0]

    @api.model
    def _count_refused(self, team, company):
        """Count a form that came over the limits: a flood must not fill the log."""
        self.env.execute_query(
            SQL(COUNT_REFUSED, now=utcnow(), team=team.id, company=company.id)  # pylint: disable=sql-injection
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_lines(self):
        self.env.execute_query(
            SQL(
                "DELETE FROM support_visibility_intake WHERE at < %s RETURNING id",
                utcnow() - timedelta(days=KEPT_DAYS),
            )
        )
