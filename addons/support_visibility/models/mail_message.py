from odoo import api, models
from odoo.exceptions import AccessError

TICKET = "support_visibility.ticket"


class MailMessage(models.Model):
    """On tickets everybody speaks for himself: what counts as an answer, or as the customer's word, is no claim."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._check_speaker()
        return messages

    def write(self, vals):
        result = super().write(vals)
        if "author_id" in vals:
            self._check_speaker()
        return result

    def _check_speaker(self):
        """Refuse words on tickets in the name of another person with an account here, or of the customer.

        :raises AccessError: a customer writes past the page of the ticket, or somebody writes as somebody else
        """
        on_tickets = self.filtered(lambda message: message.model == TICKET)
        if not on_tickets or self.env.su or self.env.user._is_system():
            return  # an administrator brings in what was said elsewhere
        if self.env.user.share:  # by RPC a mail would go anywhere
            raise AccessError(
                self.env._("Answer on the page of the ticket, or by mail to its team.")
            )
        others = on_tickets.filtered(
            lambda message: message.author_id not in (False, self.env.user.partner_id)
        )
        for message in others.sudo():
            self._check_author(message)

    def _check_author(self, message):
        ticket = self.env[TICKET].sudo().browse(message.res_id)
        account = message.author_id.commercial_partner_id
        is_customer = bool(account) and account == ticket.account_id
        if message.author_id.user_ids or is_customer:
            raise AccessError(
                self.env._(
                    "You write on %(ticket)s in your own name, not as %(author)s (author_id).",
                    ticket=ticket.display_name,
                    author=message.author_id.name,
                )
            )
