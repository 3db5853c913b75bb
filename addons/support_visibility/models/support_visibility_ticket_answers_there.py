from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from .event_hub_source import ANSWER


class SupportVisibilityTicketAnswersThere(models.Model):
    """Answers to tickets of another helpdesk go to the customer by that helpdesk, through the outbox."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    answers_go_back = fields.Boolean(
        related="source_id.answers_go_back", related_sudo=True
    )
    answers_there_text = fields.Char(
        "Answers There", compute="_compute_answers_there_text"
    )

    @api.depends("answers_go_back")
    def _compute_answers_there_text(self):
        """How far the answers of each ticket came, in words; empty without any."""
        going = self.filtered(lambda t: t.answers_go_back and isinstance(t.id, int))
        found = going._answer_deliveries()
        for ticket in self:
            ticket.answers_there_text = ticket._delivery_words(found.get(ticket.id, []))

    def _answer_deliveries(self):
        """:return: ``{ticket id: [state of each delivery]}``"""
        if not self:
            return {}
        events = (
            self.env["event_hub.event"]
            .sudo()
            .search(
                [
                    ("type", "=", ANSWER),
                    ("case_model", "=", self._name),
                    ("case_id", "in", self.ids),
                ]
            )
        )
        of_event = {event.id: event.case_id for event in events}
        rows = (
            self.env["event_hub.delivery"]
            .sudo()
            .search_fetch([("event_id", "in", events.ids)], ["event_id", "state"])
        )
        found = {}
        for row in rows:
            found.setdefault(of_event[row.event_id.id], []).append(row.state)
        return found

    def _delivery_words(self, states):
        words = {
            "delivered": self.env._("%s delivered"),
            "pending": self.env._("%s on the way"),
            "dead": self.env._("%s given up: see Deliveries"),
        }
        return ", ".join(
            text % states.count(state)
            for state, text in words.items()
            if state in states
        )

    # ------------------------------------------------------------------ answering

    def _message_post_after_hook(self, message, msg_values):
        res = super()._message_post_after_hook(message, msg_values)
        if self._goes_back(message):
            self._send_there(message)
        return res

    def _goes_back(self, message):
        """:return: whether this is an answer of ours that the other helpdesk has to give"""
        ticket = self.sudo()
        return (
            ticket.answers_go_back
            and self._is_public(message)
            and self._is_ours(message.sudo().author_id)
        )

    def _send_there(self, message):
        """Ask for the delivery, in the transaction of the answer: both are, or neither.

        :raises UserError: nothing listens
        """
        source = self.sudo().source_id
        if not source._takes_answers():
            raise UserError(
                self.env._(
                    "The answer was not sent: %(helpdesk)s has to give it to the customer, but no endpoint takes it. "
                    "Ask an administrator to enable one for %(type)s, or write an internal note.",
                    helpdesk=source.name,
                    type=ANSWER,
                )
            )
        self._tell(
            ANSWER,
            "Answered",
            source=source.code,
            ticket_there=self.external_ref,
            message=message.id,
            author=message.sudo().author_id.name or "",
            text=html2plaintext(message.body or "").strip(),
            files=message.attachment_ids.mapped("name"),
        )

    def _check_answered_here(self):
        """:raises UserError: another helpdesk gives our answers to one of these tickets"""
        for ticket in self.sudo().filtered("answers_go_back"):
            raise UserError(
                self.env._(
                    "%(helpdesk)s gives our answers to %(ticket)s. Answer in the conversation, not by a mail of its "
                    "own.",
                    helpdesk=ticket.source_id.name,
                    ticket=ticket.display_name,
                )
            )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Who is no colleague hears from the other helpdesk, once, whatever we write here."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if len(self) != 1 or not self.sudo().answers_go_back:
            return recipients
        return [who for who in recipients if who["type"] == "user"]
