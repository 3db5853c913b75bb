from odoo import fields, models
from odoo.tools import html2plaintext

CREATE_TICKET = "create_ticket"


class ChatbotScriptStep(models.Model):
    """A chatbot can end its script with a ticket."""

    _inherit = "chatbot.script.step"

    step_type = fields.Selection(
        selection_add=[(CREATE_TICKET, "Open a Ticket")],
        ondelete={CREATE_TICKET: "cascade"},
    )
    support_team_id = fields.Many2one(
        "support_visibility.team",
        index="btree_not_null",
        ondelete="set null",
        help="Who gets the ticket. Empty: the first team, or the one of the category.",
    )

    def _process_step(self, discuss_channel):
        posted = super()._process_step(discuss_channel)
        if self.step_type == CREATE_TICKET:
            self._open_ticket(discuss_channel)
        return posted

    def _open_ticket(self, chat):
        """Open one ticket for the chat; without an address to answer to, say so in the chat.

        The title is the first thing the visitor wrote by hand.
        """
        chat = chat.sudo()
        if chat.support_ticket_ids:
            return chat.support_ticket_ids[:1]
        known = self._chatbot_prepare_customer_values(
            chat, create_partner=False, update_partner=False
        )
        is_public = self.env.user._is_public()
        person = self.env["res.partner"] if is_public else self.env.user.partner_id
        if not person and not known["email"]:
            chat._chatbot_post_message(
                self.sudo().chatbot_script_id,
                self.env._("Please leave an email address, so that we can answer you."),
            )
            return chat.support_ticket_ids
        asked = self._find_first_user_free_input(chat)
        title = html2plaintext(asked.body).strip() if asked else ""
        return chat._open_ticket(
            title.split("\n")[0] or self.sudo().chatbot_script_id.title,
            person.sudo(),
            known["email"],
            self.sudo().support_team_id,
        )
