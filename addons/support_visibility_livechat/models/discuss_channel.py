from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext, plaintext2html

from odoo.addons.event_hub.policies.arguments import TEXT
from odoo.addons.event_hub.tools.arguments import takes
from odoo.addons.support_visibility.const import MAX_TITLE_CHARS
from odoo.addons.support_visibility.tools import channels

from ..policies.command import parse

COMMAND = "/ticket"
SUPPORT_GROUP = "support_visibility.group_support_user"


class DiscussChannel(models.Model):
    """A ticket is opened from a conversation, with all that was said."""

    _inherit = "discuss.channel"

    support_ticket_ids = fields.One2many(
        "support_visibility.ticket",
        "chat_id",
        "Tickets",
        groups="support_visibility.group_support_user",
    )

    @takes(body=TEXT)
    def execute_command_ticket(self, body=""):
        """Open a ticket: ``/ticket <title> [address of the customer]``; tells the agent alone what came of it.

        :raises AccessError: not an agent, or not in the conversation
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(SUPPORT_GROUP):
            raise AccessError(
                self.env._("Only support agents open tickets from a conversation.")
            )
        said = parse(html2plaintext(body), COMMAND)
        self.env.user._bus_send_transient_message(self, self._answer_command(said))
        return True

    def _answer_command(self, said):
        """:param said: ``policies.command.Command``"""
        if not said.title:
            return Markup("%s <pre>%s %s</pre>") % (
                self.env._("Open a ticket from this conversation:"),
                COMMAND,
                self.env._("title of the ticket"),
            )
        customer = self._customer()
        if not customer and not said.email:
            return self.env._(
                "Nobody here is known as a customer. Add the address to answer to: %(command)s %(title)s "
                "anna@example.com",
                command=COMMAND,
                title=said.title,
            )
        ticket = self._open_ticket(said.title, customer, said.email)
        return Markup("%s %s") % (
            self.env._("Ticket opened:"),
            ticket._get_html_link(title=ticket.number),
        )

    def _customer(self):
        """:return: the one person here who is no colleague and no anonymous visitor, if there is one"""
        chat = self.with_context(active_test=False).sudo()
        bots = chat.channel_member_ids.filtered(
            lambda member: member.livechat_member_type == "bot"
        )
        people = chat.channel_partner_ids - bots.partner_id
        outside = people.filtered(lambda p: p.partner_share and not p.is_public)
        return outside if len(outside) == 1 else outside.browse()

    def _open_ticket(self, title, customer, email=False, team=None):
        """:param customer: empty if only an address is known
        :return: the ticket, answered already if one of us spoke here"""
        Tickets = channels.through(self.env["support_visibility.ticket"], channels.CHAT)
        vals = {
            "name": title[:MAX_TITLE_CHARS],
            "description": self._as_text(self._said()),
            "chat_id": self.id,
        }
        if customer:
            vals["partner_id"] = customer.id
        if email or customer.email_normalized:
            vals["email_from"] = email or customer.email_normalized
        if team:
            vals["team_id"] = team.id
        ticket = Tickets.create([vals])
        if self._did_we_answer():
            ticket._note_answer()
        return ticket

    # ------------------------------------------------------------------ what was said

    def _said(self, wanted=lambda message: True):
        """:return: ``[(name, text)]`` in the order in which it was said, commands and notices left out"""
        messages = self.sudo().message_ids.filtered(
            lambda m: m.message_type == "comment" and wanted(m)
        )
        lines = [
            ((m.author_id or m.author_guest_id).name or "?", html2plaintext(m.body))
            for m in messages.sorted("id")
        ]
        return [(name, text.strip()) for name, text in lines if text.strip()]

    def _as_text(self, said):
        return "\n".join(f"{name}: {text}" for name, text in said)

    def _as_html(self, said):
        return plaintext2html(self._as_text(said))

    def _did_we_answer(self):
        """:return: whether a person of ours has written here"""
        people = (
            self.sudo()
            .message_ids.filtered(lambda m: m.message_type == "comment")
            .author_id
        )
        return any(not p.partner_share and p.user_ids for p in people)

    def _close_livechat_session(self, **kwargs):
        was_open = not self.livechat_end_dt
        res = super()._close_livechat_session(**kwargs)
        if was_open and self.livechat_end_dt:
            self.sudo().support_ticket_ids._note_chat(self)
        return res
