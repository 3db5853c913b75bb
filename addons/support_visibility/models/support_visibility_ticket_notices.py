from odoo import models
from odoo.tools import email_normalize

from ..policies import ticket_state
from ..tools import channels
from .support_visibility_notice import RATE, RECEIVED

TEMPLATES = {
    RECEIVED: "support_visibility.mail_template_received",
    RATE: "support_visibility.mail_template_rate",
}
# RFC 3834: a machine wrote it, and no machine needs to answer
HEADERS = {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "OOF, AutoReply",
}
ACKNOWLEDGED = frozenset({channels.MAIL, channels.FORM, channels.PORTAL})


class SupportVisibilityTicketNotices(models.Model):
    """What a machine tells the customer: that it arrived, how it went, which file was too large."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _ask_notice(self, kind):
        """Ask for a notice, where the team wants it."""
        wanted = self.sudo().filtered(lambda ticket: ticket._wants_notice(kind))
        self.env["support_visibility.notice"].sudo()._ask(wanted, kind)

    def _wants_notice(self, kind):
        if not self._customer_email() or self.is_spam or self.merged_into_id:
            return False
        if kind == RECEIVED:
            return self.team_id.acknowledge and self.channel in ACKNOWLEDGED
        return self.team_id.ask_rating and not self.source_id

    def _customer_email(self):
        ticket = self.sudo()
        return email_normalize(ticket.email_from or "") or (
            ticket.partner_id.email_normalized or ""
        )

    def _tell_customer(self, kind, occasion):
        """Say it now, if it is still true.

        :return: whether anything was said
        """
        self.ensure_one()
        if not self._wants_notice(kind) or self.reopen_count != occasion:
            return False
        if kind == RATE and self.state not in ticket_state.DONE_STATES:
            return False
        template = self.env.ref(TEMPLATES[kind]).sudo()
        words = template._generate_template(self.ids, ("subject", "body_html"))[self.id]
        if kind == RATE:
            return self._send_rating_request(words)
        self._say_to_customer(words["body_html"], words["subject"])
        return True

    def _say_to_customer(self, body, subject=False):
        """A word of a machine on the ticket: the customer gets it by mail, and nobody is expected to answer."""
        ticket = self.sudo()
        email, partner = ticket._customer_email(), ticket.partner_id
        is_contact = bool(partner) and partner.email_normalized == email
        return ticket.message_post(
            body=body,
            subject=subject or ticket._message_compute_subject(),
            author_id=self.env.ref("base.partner_root").id,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids if is_contact else [],
            outgoing_email_to=False if is_contact else email,
            notify_skip_followers=True,
            mail_headers=HEADERS,
        )

    def _message_compute_subject(self):
        """The number in brackets leads an answer back, even where a mail program drops the references."""
        self.ensure_one()
        return f"[{self.number}] {self.name}" if self.number else self.name

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Answers come back to the alias of the team, where it has one."""
        emails = self._team_addresses()
        others = self.filtered(lambda ticket: ticket.id not in emails)
        found = {}
        if others or not self:
            found = super(
                SupportVisibilityTicketNotices, others
            )._notify_get_reply_to_batch(
                defaults=_of(others, defaults), author_ids=_of(others, author_ids)
            )
        for ticket in self - others:
            found[ticket.id] = self._notify_get_reply_to_formatted_email(
                emails[ticket.id], author_id=(author_ids or {}).get(ticket.id, False)
            )
        return found

    def _team_addresses(self):
        """:return: ``{ticket id: address of its team}`` of those whose team has one, from memory"""
        known = self.env["mail.alias.domain"].sudo()._alias_book().of_teams
        return {
            ticket.id: known[ticket.team_id.id]
            for ticket in self.sudo()
            if ticket.team_id.id in known
        }


def _of(tickets, values):
    """:return: what is given by ticket, of these alone"""
    if values is None or not tickets:
        return values
    return {ticket_id: values.get(ticket_id, False) for ticket_id in tickets.ids}
