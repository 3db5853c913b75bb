from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.policies.arguments import MAYBE_TEXT, TEXT
from odoo.addons.event_hub.tools.arguments import takes

from ..const import AGENT_GROUP
from ..policies import escalation, ticket_state
from ..tools.clock import utcnow


class SupportVisibilityTicketEscalation(models.Model):
    """Hand a ticket to whom its team escalates to, with a reason that can be counted."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    @takes(reason=MAYBE_TEXT, reason_class=TEXT)
    def action_escalate(self, reason, reason_class):
        """Hand tickets to whom the team escalates to.

        :param str reason: one sentence, required
        :param str reason_class: missing_data, technical_depth, capacity, policy or customer_request
        """
        self._check_escalation(reason, reason_class)
        self._hold()
        seats = {ticket.id: ticket._escalation_seat() for ticket in self}
        self._escalate_to(seats, reason.strip(), reason_class)
        return True

    def _escalate_to(self, seats, reason, reason_class):
        """:param dict seats: ticket id -> ``Seat`` that the escalation gives it"""
        now = utcnow()
        self.env["support_visibility.escalation"].sudo().create(
            [
                ticket._prepare_escalation(seats[ticket.id], reason, reason_class, now)
                for ticket in self
            ]
        )
        for level, tickets in self.grouped("escalation_level").items():
            tickets._write_guarded({"escalation_level": level + 1})
        self._tell("support.escalated", "Ticket escalated", reason_class=reason_class)
        self._sit(seats, reason)

    def _check_escalation(self, reason, reason_class):
        problem = escalation.reason_problem(reason, reason_class)
        if problem == "unknown_class":
            raise UserError(
                self.env._(
                    "%(given)s is not a kind of reason. Choose one of: %(classes)s.",
                    given=reason_class,
                    classes=", ".join(
                        name for name, _label in escalation.REASON_CLASSES
                    ),
                )
            )
        if problem == "too_long":
            raise UserError(
                self.env._(
                    "Say why in %(limit)s characters or less.",
                    limit=escalation.MAX_REASON_CHARS,
                )
            )
        if problem:
            raise UserError(
                self.env._(
                    "Say why the ticket is escalated, so that the next one can start from there."
                )
            )
        self.check_access("write")
        self._raise_if_merged()
        for ticket in self:
            if ticket.state in ticket_state.DONE_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is done. Reopen it before you escalate it.",
                        ticket=ticket.display_name,
                    )
                )

    def _escalation_seat(self):
        team_sudo = self.sudo().team_id
        seat = escalation.Seat(team_sudo.id or None, self.user_id.id or None)
        upper = team_sudo.escalation_team_id
        return escalation.route(
            seat=seat,
            next_team_id=upper.id or None,
            next_leader_id=self._usable_leader(upper),
            leader_id=self._usable_leader(team_sudo),
        )

    def _usable_leader(self, team_sudo):
        """:return: id of the leader if that user may have this ticket, else None"""
        leader = team_sudo.leader_id
        usable = (
            leader.active
            and leader.has_group(AGENT_GROUP)
            and self.company_id in leader.company_ids
        )
        return leader.id if usable else None

    def _prepare_escalation(self, seat, reason, reason_class, now):
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "account_id": self.account_id.id,
            "category_id": self.category_id.id,
            "at": now,
            "level": self.escalation_level + 1,
            "reason_class": reason_class,
            "reason": reason,
            "by_user_id": self.env.uid,
            "from_team_id": self.team_id.id,
            "to_team_id": seat.team_id,
            "to_user_id": seat.user_id,
        }
