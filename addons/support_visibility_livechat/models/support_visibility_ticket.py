from odoo import api, fields, models
from odoo.exceptions import AccessError


class SupportVisibilityTicket(models.Model):
    """The conversation a ticket began in."""

    _inherit = "support_visibility.ticket"

    chat_id = fields.Many2one(
        "discuss.channel",
        "Conversation",
        index="btree_not_null",
        copy=False,
        help="Where the customer asked. What is said there after the ticket was opened is noted when the chat ends.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_chats(vals.get("chat_id") for vals in vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_chats([vals.get("chat_id")])
        return super().write(vals)

    def _check_chats(self, ids):
        """What is said in a conversation reaches the ticket, so only who reads the one may link the other."""
        chats = self.env["discuss.channel"].browse(filter(None, ids))
        if not chats.has_access("read"):
            raise AccessError(
                self.env._(
                    "You can only link a conversation that you take part in (Conversation)."
                )
            )

    def _note_chat(self, chat):
        """Write down what was said since each ticket was opened."""
        for ticket in self:
            since = ticket.sudo().create_date
            said = chat._said(lambda message, since=since: message.date > since)
            if said:
                ticket.sudo().message_post(
                    body=chat._as_html(said), subtype_xmlid="mail.mt_note"
                )
