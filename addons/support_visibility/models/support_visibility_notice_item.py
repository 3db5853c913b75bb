import logging

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ..policies.quiet import digest
from ..policies.quiet.hours import Quiet
from ..tools.clock import utcnow

_logger = logging.getLogger(__name__)
AT_ONCE = 5000  # notes of one look
LINES = 20  # of one message
KEPT_DAYS = 30


class SupportVisibilityNoticeItem(models.Model):
    """Something that one of us should hear. What comes together goes out together, outside quiet hours."""

    _name = "support_visibility.notice_item"
    _description = "Word to Our People"
    _inherit = ["event_hub.guarded"]
    _order = "id desc"
    _log_access = False
    _rec_name = "run_id"

    user_id = fields.Many2one(
        "res.users", "To", required=True, readonly=True, index=True, ondelete="cascade"
    )
    run_id = fields.Many2one(
        "support_visibility.escalation_run",
        "Step",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    at = fields.Datetime("Asked for", required=True, readonly=True)
    is_urgent = fields.Boolean(
        "Passes Quiet Hours", readonly=True, help="The ticket had severity 1."
    )
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
    sent_at = fields.Datetime("Said", readonly=True)

    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")

    @api.model
    def _ask(self, told):
        """:param told: ``[(run, user)]``; without a user there is nobody to tell"""
        self.create(
            [
                {
                    "user_id": user.id,
                    "run_id": run.id,
                    "ticket_id": run.ticket_id.id,
                    "company_id": run.company_id.id,
                    "at": utcnow(),
                    "is_urgent": run.ticket_id.severity == "1",
                }
                for run, user in told
                if user
            ]
        )

    @api.model
    def _tell_people(self):
        """Say what has waited for its window: one message a person.

        :return: how many messages
        """
        waiting = self.sudo().search(
            [("state", "=", "waiting")], order="id", limit=AT_ONCE
        )
        if not waiting:
            return 0
        notes = [
            digest.Note(item.id, item.user_id.id, item.at, item.is_urgent)
            for item in waiting
        ]
        due = digest.messages(notes, utcnow(), self._quiet_of(waiting.user_id))
        for item_ids in due.values():
            waiting.browse(item_ids)._tell()
        return len(due)

    @api.model
    def _quiet_of(self, users):
        """:return: ``{user id: Quiet}`` of those who have quiet hours"""
        rows = (
            self.env["support_visibility.agent"]
            .sudo()
            .search([("user_id", "in", users.ids)])
        )
        return {
            row.user_id.id: Quiet(
                row.quiet_from, row.quiet_until, row.user_id.tz or "UTC"
            )
            for row in rows
            if row.quiet_from != row.quiet_until
        }

    def _tell(self):
        """One message about all of ``self``, which are of one person."""
        try:
            with self.env.cr.savepoint():
                state = "sent" if self._send() else "skipped"
        except OperationalError:
            raise
        except Exception:
            _logger.exception("%s could not be told", self.user_id)
            state = "failed"
        self.write({"state": state, "sent_at": utcnow()})

    def _send(self):
        user = self.user_id
        if not user.active:
            return False
        told = self.with_context(lang=user.lang)
        self.env["mail.thread"].with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids,
            subject=told._subject(),
            body=told._body(),
            author_id=self.env.ref("base.partner_root").id,
        )
        return True

    def _subject(self):
        tickets = self.ticket_id
        if len(tickets) == 1:
            return self.env._("%(ticket)s needs you", ticket=tickets.display_name)
        return self.env._("%(count)s tickets need you", count=len(tickets))

    def _body(self):
        """:return: HTML: the tickets whose promises run out, the first ones with a link each"""
        lines = Markup().join(
            Markup("<li>%s: %s</li>")
            % (item.ticket_id._get_html_link(), item.run_id.step_id.name)
            for item in self[:LINES]
        )
        more = len(self) - LINES
        rest = (
            Markup("<p>%s</p>") % self.env._("and %(count)s more", count=more)
            if more > 0
            else Markup()
        )
        return Markup("<ul>%s</ul>%s") % (lines, rest)

    @api.autovacuum
    def _gc_items(self):
        self.env.execute_query(
            SQL(
                """
                DELETE FROM support_visibility_notice_item
                 WHERE sent_at < (now() AT TIME ZONE 'UTC') - make_interval(days => %s) RETURNING id
                """,
                KEPT_DAYS,
            )
        )
