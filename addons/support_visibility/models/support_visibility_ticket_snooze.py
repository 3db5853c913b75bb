from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import MAX_SNOOZE_DAYS, WAKE_CRON
from ..policies import ticket_state
from ..policies.escalation import MAX_REASON_CHARS

REMINDER = "support_visibility.activity_type_woken"


class SupportVisibilityTicketSnooze(models.Model):
    """Put a ticket aside until a moment, or until the customer writes. Its clocks go on."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    snoozed_until = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Out of the queue until then, or until the customer writes. What was promised goes on.",
    )
    snooze_reason = fields.Char("Snoozed For", readonly=True, copy=False)

    @takes(until=TEXT, why=MAYBE_TEXT)
    def action_snooze(self, until, why=None):
        """Put open tickets aside.

        :param str until: ``YYYY-MM-DD HH:MM:SS``, UTC; at most a year ahead
        :param str why: what is to be done then; whoever has the ticket is reminded of it
        """
        moment, why = self._snooze_end(until), (why or "").strip()
        if len(why) > MAX_REASON_CHARS:
            raise UserError(
                self.env._(
                    "Say why in %(limit)s characters or less.", limit=MAX_REASON_CHARS
                )
            )
        self._hold()
        for ticket in self:
            if ticket.state not in ticket_state.OPEN_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is done; only open tickets are snoozed.",
                        ticket=ticket.display_name,
                    )
                )
        self._write_guarded({"snoozed_until": moment, "snooze_reason": why or False})
        self._tell(
            "support.snoozed",
            "Ticket snoozed",
            until=fields.Datetime.to_string(moment),
        )
        self.env["event_hub.waker"]._wake_at(WAKE_CRON, moment + timedelta(seconds=1))
        return True

    def _snooze_end(self, until):
        try:
            moment = fields.Datetime.to_datetime(until)
        except ValueError:
            moment = None
        now = fields.Datetime.now()
        if not moment or not now < moment <= now + timedelta(days=MAX_SNOOZE_DAYS):
            raise ValidationError(
                self.env._(
                    "Snooze until a time such as 2026-03-02 08:00:00 (UTC), later than now and within %(days)s days.",
                    days=MAX_SNOOZE_DAYS,
                )
            )
        return moment

    def action_wake(self):
        """Have snoozed tickets back in the queue now."""
        self._hold()
        self._end_snooze()
        return True

    def _end_snooze(self):
        """:return: the tickets that were asleep"""
        asleep = self.filtered("snoozed_until")
        if asleep:
            asleep._write_guarded({"snoozed_until": False, "snooze_reason": False})
            asleep._tell("support.woken", "Ticket woke up")
        return asleep

    @api.model
    def _cron_wake(self):
        """Entry point of the Scheduled Action: what slept long enough is back, and its person is reminded."""
        asleep = self.search(
            Domain("snoozed_until", "<=", fields.Datetime.now()),
            order="snoozed_until, id",
        ).try_lock_for_update()
        self.env["ir.cron"]._commit_progress(remaining=len(asleep))
        for ticket in asleep:
            ticket._remind_woken(ticket.snooze_reason)
        asleep._end_snooze()
        asleep._give()
        self.env["ir.cron"]._commit_progress(len(asleep))

    def _remind_woken(self, why):
        person = self.user_id or self.team_id.leader_id
        if person:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                REMINDER,
                user_id=person.id,
                summary=why or self.env._("Back from being snoozed"),
            )

    # ------------------------------------------------------------------ what wakes it, too

    def _sla_asked(self, at):
        """The customer wrote: whatever it was put aside for."""
        self._end_snooze()
        return super()._sla_asked(at)

    def _set_state(self, target, at=None, stage=None, tell=True, seat=None):
        result = super()._set_state(target, at=at, stage=stage, tell=tell, seat=seat)
        if target in ticket_state.DONE_STATES:
            self._end_snooze()
        return result

    def _sit(self, seats, reason):
        """Whoever gets a ticket sees it."""
        before = {ticket.id: ticket.user_id for ticket in self}
        result = super()._sit(seats, reason)
        self.filtered(lambda t: t.user_id and t.user_id != before[t.id])._end_snooze()
        return result

    @api.model
    def _unassigned_domain(self):
        return super()._unassigned_domain() & Domain("snoozed_until", "=", False)

    def _waits_for_somebody(self):
        return super()._waits_for_somebody() and not self.snoozed_until
