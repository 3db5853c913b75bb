import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.ir_qweb import QWebError

from ..policies.quiet import again, digest
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
    tries = fields.Integer(
        readonly=True, help="How often it was tried in vain; it is tried for a day."
    )
    again_at = fields.Datetime(
        "Tried Again", readonly=True, help="Not before, after it failed."
    )

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
        rested = Domain("again_at", "=", False) | Domain("again_at", "<=", utcnow())
        due = Domain("state", "=", "waiting") & rested
        told, last = 0, 0
        # All of them, in parts: what waits for the morning must not stand in the way of what came later.
        while waiting := self.sudo().search(
            due & Domain("id", ">", last), order="id", limit=AT_ONCE
        ):
            told, last = told + waiting._tell_due(), waiting[-1].id
        return told

    def _tell_due(self):
        notes = [
            digest.Note(
                item.id,
                item.user_id.id,
                item.at,
                item.is_urgent,
                item.ticket_id.team_id.id,
            )
            for item in self
        ]
        own = self.env["support_visibility.agent"]._quiet_of(self.user_id)
        teams = self.ticket_id.team_id._quiet_rules()
        due = digest.messages(notes, utcnow(), own, teams)
        for item_ids in due.values():
            self.browse(item_ids)._tell()
        return len(due)

    def _tell(self):
        """One message about all of ``self``, which are of one person. One that cannot be told holds up nobody else."""
        try:
            with self.env.cr.savepoint():
                state = "sent" if self._send() else "skipped"
        except (UserError, LookupError, TypeError, ValueError, QWebError) as error:
            self._try_again(error)
            return
        self.write({"state": state, "sent_at": utcnow()})

    def _try_again(self, error):
        """What could not be said waits, longer each time; after a day it is given up, with an error in the log."""
        now = utcnow()
        for tries, items in self.grouped("tries").items():
            again_at = again.next_try(tries, now)
            vals = {"tries": tries + 1, "again_at": again_at or False}
            if again_at:
                _logger.warning("%s is told again later: %r", items.user_id, error)
            else:
                _logger.error("%s could not be told: %r", items.user_id, error)
                vals |= {"state": "failed", "sent_at": now}
            items.write(vals)

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
