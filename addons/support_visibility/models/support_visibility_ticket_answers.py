from odoo import models

from ..tools.clock import utcnow


class SupportVisibilityTicketAnswers(models.Model):
    """What a message in public means: an answer of ours, or the customer's next word."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _message_post_after_hook(self, message, msg_values):
        res = super()._message_post_after_hook(message, msg_values)
        if self._is_public(message):
            if message.sudo().author_id.user_ids.filtered(lambda user: not user.share):
                self._note_answer()
            elif message.sudo().author_id or message.email_from:
                self._sla_asked(utcnow())
        return res

    def _is_public(self, message):
        return (
            message.message_type in ("comment", "email")
            and not message.is_internal
            and message.subtype_id == self.env.ref("mail.mt_comment")
        )

    def _note_answer(self):
        """A comment of ours that the customer can see; the first one is the first response."""
        now = utcnow()
        unanswered = self.filtered(lambda ticket: not ticket.first_response_at)
        if unanswered:
            unanswered._write_guarded({"first_response_at": now})
            unanswered._tell("support.responded", "First response")
        self._sla_answered(now)
