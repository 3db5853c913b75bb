from odoo import models
from odoo.tools import SQL, html2plaintext

from odoo.addons.event_hub.policies.arguments import FLAG, WHOLE
from odoo.addons.event_hub.tools.arguments import takes

from ..policies.intake import text
from ..policies.workspace import viewing
from ..tools.clock import utcnow

PRESENCE_MESSAGE = "support_visibility.presence"  # bus: who has a ticket open
WATCHED_MOVES = ("state", "user_id", "team_id")
SHOWN_CHARS = 300  # of an answer, before one decides to read it
SHOWN_ANSWERS = 5


class SupportVisibilityPresenceTicket(models.Model):
    """Who has a ticket open, and what happened to it while one was writing. Nothing of it reaches the ledger."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ who is viewing

    @takes(is_writing=FLAG)
    def presence_announce(self, is_writing=False):
        """Say that one has this ticket open; to be said again every 25 seconds, else it lapses after 60.

        :param bool is_writing: whether one is writing an answer
        :return: the others who have it open, ``[{"user_id", "name", "is_writing"}]``
        """
        ticket = self._viewed()
        presence = self.env["support_visibility.presence"].sudo()
        before = {viewer.user_id: viewer for viewer in presence._here(ticket)}
        presence._keep(ticket, self.env.user, is_writing)
        if viewing.is_news(before.get(self.env.uid), is_writing, utcnow()):
            ticket._presence_tell()
        return ticket._presence_seen_by(self.env.uid, presence._here(ticket))

    @takes()
    def presence_leave(self):
        """Say that one has closed this ticket."""
        ticket = self._viewed()
        presence = self.env["support_visibility.presence"].sudo()
        if presence._drop(ticket, self.env.user):
            ticket._presence_tell()
        return True

    def _viewed(self):
        self.ensure_one()
        self.check_access("read")
        return self

    def _presence_tell(self):
        """Tell those who have the ticket open, as far as they may still read it, who else has."""
        viewers = self.env["support_visibility.presence"].sudo()._here(self)
        users = self.env["res.users"].browse(v.user_id for v in viewers)
        for user in users.exists() - self.env.user:
            companies = user.sudo().company_ids.ids
            seen = self.with_user(user).with_context(allowed_company_ids=companies)
            if seen.has_access("read"):
                others = self._presence_seen_by(user.id, viewers)
                user.sudo()._bus_send(
                    PRESENCE_MESSAGE, {"ticket_id": self.id, "viewers": others}
                )

    def _presence_seen_by(self, user_id, viewers):
        others = [viewer for viewer in viewers if viewer.user_id != user_id]
        users = self.env["res.users"].sudo().browse(v.user_id for v in others)
        names = {user.id: user.name for user in users.exists()}
        return [
            {
                "user_id": viewer.user_id,
                "name": names[viewer.user_id],
                "is_writing": viewer.is_writing,
            }
            for viewer in others
            if viewer.user_id in names
        ]

    # ------------------------------------------------------------------ what happened meanwhile

    @takes(message_id=WHOLE)
    def answers_since(self, message_id):
        """What others said in public on this ticket, and how it moved, after a message one has seen.

        :param int message_id: the newest message seen; 0 for none
        :return: ``{"answers": [{"id", "author", "seconds", "text"}], "moves": [text], "last_id"}``, the newest first;
            seconds since it was said
        """
        ticket = self._viewed()
        messages_sudo = ticket._said_by_others_since(message_id)
        public = messages_sudo.filtered(lambda m: ticket._is_public(m))
        now = utcnow()
        return {
            "answers": [
                {
                    "id": message.id,
                    "author": message.author_id.name or message.email_from or "",
                    "seconds": max(int((now - message.create_date).total_seconds()), 0),
                    "text": text.cut(html2plaintext(message.body or ""), SHOWN_CHARS),
                }
                for message in public[:SHOWN_ANSWERS]
            ],
            "moves": ticket._moves_told(messages_sudo - public),
            "last_id": max(messages_sudo.ids, default=message_id),
        }

    def _newest_message_id(self):
        """:return: id of the newest message that is shown on one ticket; 0 for none, or several tickets"""
        if len(self) != 1:
            return 0
        self.check_access("read")
        domain = [("model", "=", self._name), ("res_id", "=", self.id)]
        newest = (
            self.env["mail.message"].sudo().search(domain, order="id desc", limit=1)
        )
        return newest.id or 0

    def _said_by_others_since(self, message_id):
        """:return: the messages, in superuser mode: who reads a ticket reads its messages"""
        self.env.flush_all()
        me = self.env.user.partner_id.id
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM mail_message WHERE model = %s AND res_id = %s AND id > %s
                   AND author_id IS DISTINCT FROM %s ORDER BY id DESC LIMIT 100
                """,
                self._name,
                self.id,
                message_id,
                me,
            )
        )
        return self.env["mail.message"].sudo().browse(row[0] for row in rows)

    def _moves_told(self, messages_sudo):
        """:return: such as "Bo: State from Open to Solved", the newest first"""
        lines = []
        for value in messages_sudo.tracking_value_ids.sorted("id", reverse=True):
            if value.field_id.name in WATCHED_MOVES:
                lines.append(
                    self.env._(
                        "%(who)s: %(field)s from %(old)s to %(new)s",
                        who=value.mail_message_id.author_id.name or "",
                        field=value.field_id.field_description,
                        old=value.old_value_char or self.env._("nobody"),
                        new=value.new_value_char or self.env._("nobody"),
                    )
                )
        return lines
