from odoo import models
from odoo.exceptions import UserError

TICKET = "support_visibility.ticket"


class MailComposeMessage(models.TransientModel):
    """A mail to many is no answer: it would pass by the helpdesk that has to give ours."""

    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """:raises UserError: one of the tickets is answered by another helpdesk"""
        if self.model == TICKET:
            self._check_answered_here(self.env[TICKET].browse(res_ids))
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)

    def _check_answered_here(self, tickets):
        for ticket in tickets.sudo().filtered("answers_go_back"):
            raise UserError(
                self.env._(
                    "%(helpdesk)s gives our answers to %(ticket)s. Answer in the conversation, not by a mail to many.",
                    helpdesk=ticket.source_id.name,
                    ticket=ticket.display_name,
                )
            )
