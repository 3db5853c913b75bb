from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..policies import ticket_state
from ..policies.escalation import MAX_REASON_CHARS
from ..policies.sla.clock import VOID, whole

SPAM = "spam"  # why a promise does not count; found again by it, so in no language
SECOND = timedelta(seconds=1)


class SupportVisibilityTicketSpam(models.Model):
    """What nobody asked for: closed, and counted in no promise."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    is_spam = fields.Boolean(
        "Spam",
        readonly=True,
        copy=False,
        help="Closed as spam: it counts in no attainment, and nobody is asked how they liked the answer.",
    )

    @takes(why=MAYBE_TEXT)
    def action_mark_spam(self, why=None):
        """Close tickets as spam. The promises to them do not count; nothing is sent to the sender.

        :param str why: one sentence, kept as an internal note
        """
        why = (why or "").strip()[:MAX_REASON_CHARS]
        self._hold()
        for ticket in self:
            if ticket.merged_into_id or ticket.source_id:
                raise UserError(
                    self.env._(
                        "%(ticket)s was merged, or lives in another helpdesk: it cannot be marked as spam here.",
                        ticket=ticket.display_name,
                    )
                )
        found = self.filtered(lambda ticket: not ticket.is_spam)
        found._sla_void(SPAM)
        found._write_guarded({"is_spam": True})
        found._set_state(ticket_state.CLOSED, tell=False)
        found._tell("support.closed", "Marked as spam", spam=True)
        body = self.env._("Marked as spam. %(why)s", why=why).strip()
        found._message_log_batch({ticket.id: body for ticket in found})
        return True

    def action_not_spam(self):
        """Take spam tickets up again: a mistake of ours. The promises count from when they were opened."""
        self._hold()
        for ticket in self:
            if not ticket.is_spam:
                raise UserError(
                    self.env._(
                        "%(ticket)s is not marked as spam.", ticket=ticket.display_name
                    )
                )
        marked_at = {ticket.id: ticket.closed_at for ticket in self}
        for count, tickets in self.grouped("reopen_count").items():
            tickets._write_guarded({"is_spam": False})
            tickets._set_state(ticket_state.OPEN, tell=False)
            # the customer did not come back; we went wrong
            tickets._write_guarded({"reopen_count": count})
        self._tell("support.reopened", "Not spam after all", spam=False)
        self._sla_revive(marked_at)
        self._give()
        return True

    def _sla_revive(self, marked_at):
        """The promises count again. While the ticket was taken for spam its customer waited: that time ran."""
        found = (
            self.env["support_visibility.sla_clock"]
            .sudo()
            .search(
                [
                    *(("ticket_id", "in", self.ids), ("state", "=", VOID)),
                    ("void_reason", "=", SPAM),
                ]
            )
        )
        for clock in found:
            reading = clock._reading()
            if clock.stopped_at >= whole(marked_at[clock.ticket_id.id]) - SECOND:
                reading = replace(reading, stopped_at=None, pause=None)
            clock._live(reading, clock.hours_id._working(), void_reason=False)
        found._look()
