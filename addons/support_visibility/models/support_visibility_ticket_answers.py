from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import (
    email_normalize,
    email_normalize_all,
    html2plaintext,
    plaintext2html,
)

from ..policies import ticket_state
from ..policies.intake import next_word, text
from ..tools import channels
from ..tools.clock import utcnow

# Where answers go by mail to whoever wrote, also if it is no contact of ours.
WRITTEN_TO = frozenset({channels.MAIL, channels.FORM, channels.PORTAL})
DEFAULT_REOPEN_DAYS = 14
SILENT = "support_visibility.silent"
MAX_WORD_CHARS = 100_000


class SupportVisibilityTicketAnswers(models.Model):
    """What a message in public means: an answer of ours, or the customer's next word."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def message_post(self, **kwargs):
        """Our answers reach who wrote, contact or not.

        :raises ValidationError: ``subtype_xmlid`` is no text
        """
        if not isinstance(kwargs.get("subtype_xmlid") or "", str):
            raise ValidationError(
                self.env._("subtype_xmlid must be text, such as mail.mt_comment.")
            )
        if len(self) == 1 and kwargs.get("message_type") == "comment":
            missing = self._unreached(kwargs)
            if missing:
                kwargs["outgoing_email_to"] = missing
        return super().message_post(**kwargs)

    def _unreached(self, kwargs):
        """:return: the address the customer wrote from, if this answer of ours would not go there; else \"\""""
        ticket = self.sudo()
        email = email_normalize(ticket.email_from or "")
        subtype = kwargs.get("subtype_xmlid"), kwargs.get("subtype_id")
        is_public = subtype[0] == "mail.mt_comment" or (
            subtype[1] and subtype[1] == self.env.ref("mail.mt_comment").id
        )
        if not email or not is_public or ticket.channel not in WRITTEN_TO:
            return ""
        author = (
            self.env["res.partner"]
            .sudo()
            .browse(kwargs.get("author_id") or self.env.user.partner_id.id)
        )
        if not self._is_ours(author):
            return ""
        named = self.env["res.partner"].sudo().browse(kwargs.get("partner_ids") or [])
        reached = {
            *(ticket.message_partner_ids | named).mapped("email_normalized"),
            *email_normalize_all(kwargs.get("outgoing_email_to") or ""),
        }
        before = kwargs.get("outgoing_email_to")
        return "" if email in reached else ",".join(filter(None, [before or "", email]))

    def _silent_ids(self):
        """:return: set of the tickets that this transaction made and nobody has written on, to be added to"""
        return self.env.cr.precommit.data.setdefault(SILENT, set())

    def _message_compute_parent_id(self, parent_id):
        """The first word on a new ticket answers none: nobody has to look for one."""
        if not parent_id and self.id in self._silent_ids():
            return False
        return super()._message_compute_parent_id(parent_id)

    def _message_post_after_hook(self, message, msg_values):
        self._silent_ids().difference_update(self.ids)
        res = super()._message_post_after_hook(message, msg_values)
        if self._is_public(message):
            author = message.sudo().author_id
            if self._is_ours(author):
                self._note_answer()
            elif author or message.email_from:
                self._customer_wrote(utcnow(), msg_values.get("body"))
        return res

    def _is_public(self, message):
        return (
            message.message_type in ("comment", "email")
            and not message.is_internal
            and message.subtype_id.id
            == self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        )

    def _is_ours(self, author):
        """:return: whether somebody speaks for us; a colleague who asks for help himself is a customer"""
        ours = author.user_ids.filtered(lambda user: not user.share)
        return bool(ours) and author != self.sudo().partner_id

    def _note_answer(self):
        """A comment of ours that the customer can see; the first one is the first response."""
        self._answered(utcnow())

    def _answered(self, now):
        unanswered = self.filtered(lambda ticket: not ticket.first_response_at)
        if unanswered:
            unanswered._write_guarded({"first_response_at": now})
            unanswered._tell("support.responded", "First response")
        self._sla_answered(now)

    # ------------------------------------------------------------------ the customer's next word
    def _next_word(self, at):
        """:return: what a word of the customer at this time does, see the policy"""
        self.ensure_one()
        ticket = self.sudo()
        team = ticket.team_id
        days = team.reopen_days if team else DEFAULT_REOPEN_DAYS
        return next_word.next_step(ticket.state, ticket.solved_at or None, at, days)

    def _customer_wrote(self, at, said=""):
        """The customer's next word, by whatever channel: we go on.

        :param said: HTML, for the new ticket if this one is done for good
        """
        tickets = self.sudo()
        late = tickets.filtered(lambda t: t._next_word(at) == next_word.CONTINUE)
        going = tickets - late
        moving = going.filtered(lambda t: t._next_word(at) != next_word.STAY)
        if moving:
            moving._set_state(ticket_state.OPEN, at=dict.fromkeys(moving.ids, at))
        if going:
            going._sla_asked(at)
        for ticket in late:
            ticket._continue_in_new({"description": html2plaintext(said or "")})

    def _hear(self, said, files=(), author=None, email_from=False, message_ref=False):
        """Take what a customer says, in plain text, on this ticket or on the one in which it goes on.

        :param files: ``[(name, bytes)]``
        :param author: the contact who says it, if it is one
        :return: the ticket it was said on
        """
        self.ensure_one()
        ticket = self.sudo()._survivor()
        if ticket._next_word(utcnow()) == next_word.CONTINUE:
            ticket = ticket._continue_in_new(
                {"description": text.cut(said, MAX_WORD_CHARS)}
            )
            ticket._follow_customer()
        ticket.message_post(
            body=plaintext2html(text.cut(said, MAX_WORD_CHARS)),
            attachments=list(files),
            author_id=author.id if author else False,
            email_from=author.email_formatted if author else email_from,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            **({"message_id": message_ref} if message_ref else {}),
        )
        return ticket
