import hashlib

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq, email_normalize, hmac

from ..policies import ticket_state
from ..policies.intake import next_word, text
from ..tools import channels
from ..tools.clock import utcnow

PATH = "/my/tickets"
SCOPE = "support_visibility-ticket"
PUBLIC_TYPES = ("comment", "email", "auto_comment")
MAX_MESSAGES = 200


class SupportVisibilityTicketPortal(models.Model):
    """What a customer sees of a ticket, and may do with it.

    Customers have no access to the model: all that reaches them is what these methods give.
    """

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ who may see it
    @api.model
    def _portal_domain(self, partner):
        """:return: the tickets of a contact: its own, those it follows, and its account's where the team shares them.

        Only records count, never an address: a portal user may write any address into its own profile.
        """
        mine = Domain("partner_id", "=", partner.id) | Domain(
            "message_partner_ids", "in", partner.ids
        )
        shared = Domain("account_id", "=", partner.commercial_partner_id.id) & Domain(
            "team_id.share_account", "=", True
        )
        return mine | shared

    @api.model
    def _portal_open_count(self, partner):
        """:return: how many tickets of a contact are open"""
        return self.sudo().search_count(
            self._portal_domain(partner) & Domain(self._open_domain())
        )

    @api.model
    def _portal_find(self, ticket_id, user, token=None):
        """:return: the ticket, with all rights, if the user or the token may see it; else empty"""
        ticket = self.sudo().browse(ticket_id).exists()
        if not ticket:
            return ticket
        if token:
            return ticket if consteq(ticket._portal_token(), token) else ticket[:0]
        if user._is_public():
            return ticket[:0]
        if user._is_internal():
            return ticket if ticket.with_user(user).has_access("read") else ticket[:0]
        return ticket.filtered_domain(self._portal_domain(user.partner_id))

    def _portal_token(self):
        """:return: what opens the page of this ticket, and no other, to whoever was sent it"""
        self.ensure_one()
        return hmac(
            self.env(su=True), SCOPE, (self.id, self.correlation), hashlib.sha256
        )

    def _portal_link(self):
        """:return: address of the ticket's page for its customer, who needs no login"""
        return f"{self.get_base_url()}{PATH}/{self.id}?token={self._portal_token()}"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """The customer's mails lead to its page. The link opens it without a login: nobody else gets it."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        if len(self) != 1:
            return groups
        email, partner = self._customer_email(), self.sudo().partner_id
        for_portal = {"url": f"{self.get_base_url()}{PATH}/{self.id}"}
        for name, _fits, data in groups:
            if name == "portal":
                data.update(has_button_access=True, button_access=for_portal)
        customer = (
            "support_customer",
            lambda data: (
                data["type"] != "user"
                and email
                and (data["id"] == partner.id or not data["id"])
                and data["email_normalized"] == email
            ),
            {
                "active": True,
                "has_button_access": True,
                "button_access": {"url": self._portal_link()},
            },
        )
        return [customer, *groups]

    # ------------------------------------------------------------------ what is shown
    def _portal_row(self):
        """:return: what the list shows of a ticket"""
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "state": self.state,
            "state_label": self._portal_state(),
            "opened_at": self.opened_at,
            "asked_by": self.partner_id.name or self.email_from or "",
        }

    def _portal_state(self):
        """:return: the state in a customer's words"""
        return {
            ticket_state.NEW: self.env._("Received"),
            ticket_state.OPEN: self.env._("Being worked on"),
            ticket_state.WAITING: self.env._("Waiting for your answer"),
            ticket_state.SOLVED: self.env._("Solved"),
            ticket_state.CLOSED: self.env._("Closed"),
        }[self.state]

    def _portal_page(self, may_rate):
        """:return: what the page of a ticket shows"""
        word = self._next_word(utcnow())
        messages = self._portal_messages()
        return {
            **self._portal_row(),
            "solved_at": self.solved_at,
            "messages": messages,
            "description": "" if messages else self.description or "",
            "goes_on_in_new": word == next_word.CONTINUE,
            "may_close": self.state in ticket_state.OPEN_STATES,
            "may_reopen": word == next_word.REOPEN,
            "rating_link": self._rating_link() if may_rate else "",
            "rating_value": self.rating_value if self.rated_at else 0,
        }

    def _portal_messages(self):
        """:return: what was said in public, oldest first"""
        found = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("subtype_id", "=", self.env.ref("mail.mt_comment").id),
                ("is_internal", "=", False),
                ("message_type", "in", PUBLIC_TYPES),
            ],
            order="id desc",
            limit=MAX_MESSAGES,
        )
        found.attachment_ids.generate_access_token()
        return [self._portal_message(message) for message in found.sorted("id")]

    def _portal_message(self, message):
        author = message.author_id
        is_machine = message.message_type == "auto_comment"
        return {
            "at": message.date,
            "body": message.body,
            "is_ours": is_machine or self._is_ours(author),
            "author": self.company_id.name
            if is_machine
            else author.name or message.email_from or "",
            "files": [
                {
                    "name": file.name,
                    "url": f"/web/content/{file.id}?download=true&access_token={file.access_token}",
                }
                for file in message.attachment_ids
            ],
        }

    # ------------------------------------------------------------------ what a customer does
    @api.model
    def _portal_open(self, partner, subject, said, files):
        """:return: the new ticket of a contact"""
        table = channels.through(self.sudo(), channels.PORTAL)
        ticket = table._intake_open(
            {
                "name": subject,
                "description": said,
                "partner_id": partner.id,
                "email_from": partner.email or False,
                "company_id": self.env.company.id,
            }
        )
        return ticket._hear_files(said, files, partner)

    def _hear_files(self, said, files, author=None):
        """What a customer says with files; too large ones are named instead of taken.

        :param files: ``[(name, bytes)]``
        :return: the ticket it was said on
        """
        kept, refused = self._sort_files(files)
        heard = self._hear(said, kept, author, email_from=self.email_from)
        if refused:
            heard._say_refused(refused, self.team_id.max_file_mb)
        return heard

    def _portal_answer(self, said, files, user):
        """:return: the ticket it was said on: this one, or the new one in which it goes on"""
        if not said.strip() and not files:
            raise UserError(self.env._("Write something, or add a file."))
        return self._hear_files(
            said or self.env._("(Files)"), files, self._speaker(user)
        )

    def _speaker(self, user):
        """:return: who acts on the page: who is logged in, else the customer who was sent the link"""
        if not user._is_public():
            return user.partner_id
        partner = self.partner_id
        email = email_normalize(self.email_from or "")
        return partner if not email or partner.email_normalized == email else None

    def _portal_close(self, user):
        """The customer needs nothing any more: that is a solution."""
        if self.state in ticket_state.OPEN_STATES:
            self._set_state(ticket_state.SOLVED)
            self._message_log(
                body=self.env._(
                    "%(who)s closed it on the portal.", who=self._speaker_name(user)
                )
            )
        return True

    def _portal_reopen(self, user):
        """:raises UserError: the time to reopen is over"""
        word = self._next_word(utcnow())
        if word == next_word.CONTINUE:
            raise UserError(
                self.env._(
                    "The time to reopen this ticket is over. Write an answer, and it goes on in a new one."
                )
            )
        if word == next_word.REOPEN:
            self._customer_wrote(utcnow())
            self._message_log(
                body=self.env._(
                    "%(who)s reopened it on the portal.", who=self._speaker_name(user)
                )
            )
        return True

    def _speaker_name(self, user):
        speaker = self._speaker(user)
        return text.cut(speaker.name if speaker else self.email_from, 200)
