from odoo import models

from ..policies import ticket_state
from ..policies.escalation import MAX_REASON_CHARS

REMINDER = "support_visibility.activity_type_promise"
ESCALATED_FOR = "policy"  # class of the reason: nobody lacked anything but time


class SupportVisibilityTicketTell(models.Model):
    """What shipped rules do about promises at risk and broken ones: one call each."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _sla_remind(self, events):
        """Remind who has the ticket, else the leader of its team: one reminder a ticket, renewed instead of repeated.

        :param events: ``support.sla_warned`` or ``support.sla_breached`` of these tickets
        """
        told = self._sla_told(events)
        kept = self._sla_reminders()
        for ticket in self.filtered(lambda t: t.state in ticket_state.OPEN_STATES):
            person = ticket.user_id or ticket.sudo().team_id.leader_id
            if person and ticket in told:
                ticket._sla_remind_one(person, told[ticket], kept.get(ticket.id))
        return True

    def _sla_told(self, events):
        """:return: ``{ticket: the latest of its events}``"""
        by_id = {ticket.id: ticket for ticket in self}
        return {
            by_id[event.case_id]: event
            for event in events.sorted(lambda event: (event.occurred_at, event.id))
            if event.case_id in by_id
        }

    def _sla_reminders(self):
        """:return: ``{ticket id: its open reminder}``, in one query"""
        found = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self.env.ref(REMINDER).id),
                ]
            )
        )
        return {activity.res_id: activity for activity in found}

    def _sla_remind_one(self, person, event, kept):
        summary = self._sla_summary(event)
        due = event.attributes.get("due_at") or str(event.occurred_at)
        vals = {"user_id": person.id, "summary": summary, "date_deadline": due[:10]}
        quiet = {"mail_activity_quick_update": True}  # it shows in one's queue; no mail
        if kept:
            kept.with_context(**quiet).write(vals)
        else:
            self.sudo().with_context(**quiet).activity_schedule(REMINDER, **vals)

    def _sla_summary(self, event):
        kinds = dict(
            self.env["support_visibility.sla_clock"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        promise = kinds.get(event.attributes.get("promise"), "")
        if event.type == "support.sla_breached":
            return self.env._("%(promise)s: the time ran out", promise=promise)
        return self.env._(
            "%(promise)s: %(percent)s %% of the time is used",
            promise=promise,
            percent=event.attributes.get("percent", ""),
        )

    def _sla_forget_reminders(self):
        """Nobody is reminded of what is done."""
        reminders = self._sla_reminders()
        if reminders:
            self.env["mail.activity"].sudo().browse(
                activity.id for activity in reminders.values()
            ).unlink()

    def _sla_escalate(self, events):
        """Hand tickets with a broken promise to whom their team escalates to, each promise once.

        :param events: ``support.sla_breached`` of these tickets
        """
        for ticket, event in self._sla_told(events).items():
            if ticket.state in ticket_state.OPEN_STATES:
                policy = event.attributes.get("policy", "")
                reason = self.env._("Promise broken: %(policy)s", policy=policy)
                ticket.action_escalate(reason[:MAX_REASON_CHARS], ESCALATED_FOR)
        return True
