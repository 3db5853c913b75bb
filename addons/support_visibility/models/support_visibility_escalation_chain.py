from odoo import models

from ..policies import escalation
from ..policies import escalation_chain as chain
from .support_visibility_escalation_run import later


class SupportVisibilityEscalationChain(models.Model):
    """What the steps of a chain do to a ticket."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    def _sla_chain(self, events):
        """Take the steps of the chains that these warnings and breaches have come to; each step once for each clock.

        :param events: ``support.sla_warned`` and ``support.sla_breached`` of these tickets
        """
        steps = self.env["support_visibility.escalation_step"].sudo()._steps()
        if not steps:
            return True
        ids = {event.attributes.get("clock") for event in events}
        clocks = self.env["support_visibility.sla_clock"].sudo()
        by_id = {clock.id: clock for clock in clocks.search([("id", "in", list(ids))])}
        rows = [
            (clock, step.id, later(event.occurred_at, step.minutes))
            for event in events
            if (clock := by_id.get(event.attributes.get("clock")))
            and clock.ticket_id in self
            for step in _come(steps, clock, event)
        ]
        runs = self.env["support_visibility.escalation_run"].sudo()._begin(rows)
        runs._carry_out()
        return True

    def _chain_act(self, step, reason):
        """Do to tickets what a step says; telling people is not a matter of the ticket."""
        if step.act == chain.PRIORITY:
            for priority, tickets in self.grouped("priority").items():
                tickets.write({"priority": chain.raised(priority)})
        elif step.act == chain.ASSIGN:
            self._check_assignable(step.user_id)
            self._escalate_to(
                {t.id: escalation.Seat(t.team_id.id, step.user_id.id) for t in self},
                reason[: escalation.MAX_REASON_CHARS],
                step.reason_class,
            )
        elif step.act == chain.QUEUE:
            self._escalate_to(
                {t.id: escalation.Seat(step.to_team_id.id, None) for t in self},
                reason[: escalation.MAX_REASON_CHARS],
                step.reason_class,
            )

    def _chain_is_there(self, step):
        """:return: whether a step would only take the ticket from whom it wants to give it to"""
        return chain.is_there(
            step.act,
            escalation.Seat(self.team_id.id, self.user_id.id),
            escalation.Seat(step.to_team_id.id, step.user_id.id),
        )

    def _chain_place(self):
        """:return: what a step can change: [team id, user id, priority]"""
        return [self.team_id.id, self.user_id.id, self.priority]


def _come(steps, clock, event):
    is_broken = event.type == "support.sla_breached"
    return chain.come(
        steps,
        policy_id=clock.policy_id.id,
        team_id=clock.ticket_id.team_id.id or None,
        company_id=clock.company_id.id,
        percent=None if is_broken else event.attributes.get("percent") or 0,
    )
