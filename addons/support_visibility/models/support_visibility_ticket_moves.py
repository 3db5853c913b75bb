from odoo import models
from odoo.exceptions import UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies import escalation, ticket_state
from ..policies.durations import elapsed_seconds
from ..tools import gate
from ..tools.clock import utcnow

AGENT_GROUP = "support_visibility.group_support_user"


class SupportVisibilityTicketMoves(models.Model):
    """How a ticket moves: between states, people and teams. Each move is told to the ledger."""

    # One subject a file: guards, moves, mirror and suggestions of the ticket.
    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # Buttons and RPC
    # ------------------------------------------------------------------
    def action_take(self):
        """Assign unassigned tickets to oneself.

        :raises ConflictError: somebody else has one of them
        """
        taken = self.filtered(
            lambda ticket: ticket.user_id and ticket.user_id != self.env.user
        )
        if taken:
            raise ConflictError(
                self.env._(
                    "%(user)s was first with %(ticket)s. Ask for it, or take another one.",
                    user=taken[0].user_id.name,
                    ticket=taken[0].display_name,
                )
            )
        return self._assign(self.env.user)

    def action_assign(self, user_id):
        """Give tickets to an agent, or back to the queue.

        :param int user_id: an agent of the ticket's company; False for the queue
        """
        return self._assign(self._one("res.users", user_id))

    def action_escalate(self, reason, reason_class):
        """Hand tickets to whom the team escalates to.

        :param str reason: one sentence, required
        :param str reason_class: missing_data, technical_depth, capacity, policy or customer_request
        """
        self._check_escalation(reason, reason_class)
        now, reason = utcnow(), reason.strip()
        seats = {ticket.id: ticket._escalation_seat() for ticket in self}
        self.env["support_visibility.escalation"].sudo().create(
            [
                ticket._prepare_escalation(seats[ticket.id], reason, reason_class, now)
                for ticket in self
            ]
        )
        for level, tickets in self.grouped("escalation_level").items():
            gate.opened(tickets).write({"escalation_level": level + 1})
        self._tell("support.escalated", "Ticket escalated", reason_class=reason_class)
        self._sit(seats, reason)
        return True

    def action_wait(self):
        """Say that the next step is the customer's."""
        return self._set_state(ticket_state.WAITING)

    def action_resume(self):
        """Go on with new or waiting tickets."""
        return self._set_state(ticket_state.OPEN)

    def action_solve(self):
        return self._set_state(ticket_state.SOLVED)

    def action_reopen(self):
        """Open solved or closed tickets again.

        :raises UserError: a ticket is still open
        """
        for ticket in self:
            if ticket.state not in ticket_state.DONE_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is still %(state)s; only a solved or closed ticket is reopened.",
                        ticket=ticket.display_name,
                        state=ticket._state_labels()[ticket.state],
                    )
                )
        return self._set_state(ticket_state.OPEN)

    def action_close(self):
        return self._set_state(ticket_state.CLOSED)

    # ------------------------------------------------------------------
    # The gate of states
    # ------------------------------------------------------------------
    def _set_state(self, target, at=None, stage=None, tell=True):
        """Move tickets to ``target``. The only place that changes a state.

        :param dict at: ticket id -> naive UTC, when it happened; now by default
        :param stage: the stage to stand in; by default the first one of the state
        :param tell: False if the move is part of another step, which is told instead
        :raises UserError: one of the tickets cannot be moved there; none is
        """
        self.check_access("write")
        moving = self.filtered(lambda ticket: ticket.state != target)
        for ticket in moving:
            if not ticket_state.may_move(ticket.state, target):
                ticket._raise_wrong_state(target)
        now, moments = utcnow(), at or {}
        stage = stage or self.env["support_visibility.stage"]._first_by_state()[target]
        for (source, moment, *clock), tickets in moving.grouped(
            lambda t: (
                t.state,
                moments.get(t.id, now),
                t.solved_at or None,
                t.closed_at or None,
                t.reopen_count,
            )
        ).items():
            after = ticket_state.clock_after(
                ticket_state.Clock(*clock), source, target, moment
            )
            gate.opened(tickets).write(
                {
                    "state": target,
                    "state_since": moment,
                    "stage_id": stage.id,
                    "solved_at": after.solved_at,
                    "closed_at": after.closed_at,
                    "reopen_count": after.reopen_count,
                }
            )
            if tell:
                step = ticket_state.describe(source, target)
                tickets._tell(step.event_type, step.activity, at=moment)
        return True

    def _move_to_stage(self, stage):
        """Put tickets into a column of the board, which moves their state along."""
        if not stage.exists():
            raise UserError(
                self.env._("A ticket always stands in a stage. Choose one.")
            )
        self._set_state(stage.state, stage=stage)
        beside = self.filtered(lambda ticket: ticket.stage_id != stage)
        if beside:
            gate.opened(beside).write({"stage_id": stage.id})
        return True

    def _state_labels(self):
        return dict(self._fields["state"]._description_selection(self.env))

    def _raise_wrong_state(self, target):
        labels = self._state_labels()
        raise UserError(
            self.env._(
                "%(ticket)s is %(state)s and cannot become %(target)s. From here it can become: %(possible)s.",
                ticket=self.display_name,
                state=labels[self.state],
                target=labels[target],
                possible=", ".join(
                    labels[state]
                    for state in sorted(ticket_state.TRANSITIONS[self.state])
                ),
            )
        )

    # ------------------------------------------------------------------
    # Who has it
    # ------------------------------------------------------------------
    def _assign(self, user, reason=""):
        self._check_assignable(user)
        moving = self.filtered(lambda ticket: ticket.user_id != user)
        moving._sit(
            {
                t.id: escalation.Seat(t.team_id.id or None, user.id or None)
                for t in moving
            },
            reason,
        )
        return True

    def _pass_to_team(self, team):
        """Move tickets to the queue of another team; a person who is not in it lets go."""
        moving = self.filtered(lambda ticket: ticket.team_id != team)
        moving._sit(
            {
                t.id: escalation.Seat(
                    team.id or None,
                    t.user_id.id if t.user_id in team.member_ids else None,
                )
                for t in moving
            },
            "",
        )
        return True

    def _sit(self, seats, reason):
        """Hand tickets over: the handoff, the new seat and the event of each.

        :param dict seats: ticket id -> ``Seat``; a ticket that is there already is left alone
        """
        self.check_access("write")
        moving = self.filtered(
            lambda t: (
                seats[t.id]
                != escalation.Seat(t.team_id.id or None, t.user_id.id or None)
            )
        )
        if not moving:
            return
        now = utcnow()
        self.env["support_visibility.handoff"].sudo().create(
            [
                ticket._prepare_handoff(seats[ticket.id], reason, now)
                for ticket in moving
            ]
        )
        for (seat, count), tickets in moving.grouped(
            lambda t: (seats[t.id], t.handoff_count)
        ).items():
            gate.opened(tickets).write(
                {
                    "team_id": seat.team_id,
                    "user_id": seat.user_id,
                    "held_since": now,
                    "handoff_count": count + 1,
                }
            )
            if seat.user_id:
                # Having somebody is what open means; the assignment is the step that is told.
                tickets.filtered(lambda t: t.state == ticket_state.NEW)._set_state(
                    ticket_state.OPEN, tell=False
                )
            to_person = bool(seat.user_id)
            tickets._tell(
                "support.assigned" if to_person else "support.queued",
                "Ticket assigned" if to_person else "Ticket put in queue",
            )

    def _prepare_handoff(self, seat, reason, now):
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "at": now,
            "from_user_id": self.user_id.id,
            "to_user_id": seat.user_id,
            "from_team_id": self.team_id.id,
            "to_team_id": seat.team_id,
            "by_user_id": self.env.uid,
            "reason": reason,
            "waiting_seconds": elapsed_seconds(
                self.held_since or self.opened_at or None, now
            ),
        }

    def _check_assignable(self, user):
        for ticket in self:
            if user and ticket.state in ticket_state.DONE_STATES:
                raise UserError(
                    self.env._(
                        "%(ticket)s is done. Reopen it before you assign it.",
                        ticket=ticket.display_name,
                    )
                )
        if not user:
            return
        user_sudo = user.sudo()
        if (
            not user_sudo.exists()
            or not user_sudo.active
            or not user_sudo.has_group(AGENT_GROUP)
        ):
            raise UserError(
                self.env._(
                    "%(user)s does not work in support. Choose an agent, or ask an administrator to add the user to "
                    "Support Visibility.",
                    user=user_sudo.exists().name
                    or self.env._("User %(id)s", id=user.id),
                )
            )
        outside = self.company_id - user_sudo.company_ids
        if outside:
            raise UserError(
                self.env._(
                    "%(user)s does not work for %(company)s and cannot have its tickets.",
                    user=user_sudo.name,
                    company=outside[0].name,
                )
            )

    # ------------------------------------------------------------------
    # Escalation
    # ------------------------------------------------------------------
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

    # ------------------------------------------------------------------
    # First response
    # ------------------------------------------------------------------
    def _note_first_response(self, message):
        """A comment of ours that the customer can see is the first response, once."""
        answered = (
            message.message_type == "comment"
            and not message.is_internal
            and message.subtype_id == self.env.ref("mail.mt_comment")
            and message.sudo().author_id.user_ids.filtered(lambda user: not user.share)
        )
        unanswered = self.filtered(lambda ticket: not ticket.first_response_at)
        if answered and unanswered:
            gate.opened(unanswered).write({"first_response_at": utcnow()})
            unanswered._tell("support.responded", "First response")
