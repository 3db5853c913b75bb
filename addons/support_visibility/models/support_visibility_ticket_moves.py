from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.event_hub.exceptions import ConflictError
from odoo.addons.event_hub.policies.arguments import id_of
from odoo.addons.event_hub.tools.arguments import takes

from ..const import AGENT_GROUP
from ..policies import escalation, ticket_state
from ..policies.desk.stages import after_change_of_team
from ..policies.durations import elapsed_seconds
from ..tools.clock import utcnow

HELD = "support_visibility.held"


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

    @takes(user_id=id_of("res.users", optional=True))
    def action_assign(self, user_id):
        """Give tickets to an agent, or back to the queue.

        :param int user_id: an agent of the ticket's company; False for the queue
        """
        return self._assign(self._one("res.users", user_id))

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
    def _set_state(self, target, at=None, stage=None, tell=True, seat=None):
        """Move tickets to ``target``. The only place that changes a state.

        :param dict at: ticket id -> naive UTC, when it happened; now by default
        :param stage: the stage to stand in; by default the first one of the state
        :param tell: False if the move is part of another step, which is told instead
        :param dict seat: guarded values of that step, written in one go with the state; its team chooses the stage
        :raises UserError: one of the tickets cannot be moved there; none is
        """
        self._hold()
        moving = self.filtered(lambda ticket: ticket.state != target)
        for ticket in moving:
            if not ticket_state.may_move(ticket.state, target):
                ticket._raise_wrong_state(target)
        now, moments, seat = utcnow(), at or {}, seat or {}
        Stages = self.env["support_visibility.stage"]
        for (source, moment, stage_id, *clock), tickets in moving.grouped(
            lambda t: (
                t.state,
                moments.get(t.id, now),
                stage.id
                if stage
                else Stages._first_id(target, seat.get("team_id", t.team_id.id)),
                t.solved_at or None,
                t.closed_at or None,
                t.reopen_count,
            )
        ).items():
            after = ticket_state.clock_after(
                ticket_state.Clock(*clock), source, target, moment
            )
            tickets._write_guarded(
                {
                    "state": target,
                    "state_since": moment,
                    "stage_id": stage_id,
                    "solved_at": after.solved_at,
                    "closed_at": after.closed_at,
                    "reopen_count": after.reopen_count,
                    **seat,
                }
            )
            if tell:
                step = ticket_state.describe(source, target)
                tickets._tell(step.event_type, step.activity, at=moment)
        moving._sla_follow(moments)
        if target in ticket_state.DONE_STATES:
            moving._sla_forget_reminders()
            moving._room_again()
        return True

    def _hold(self):
        """Check the right to move these tickets and wait for whoever moves them now.

        Who comes second gets a serialization failure from PostgreSQL; the server then starts the
        request again, on what the first one left.
        """
        self.check_access("write")
        self._lock_rows()
        self._raise_if_merged()

    def _lock_rows(self):
        """Whoever writes a ticket's clocks holds the ticket first, so that nobody waits in a circle."""
        held = self._held_ids()
        free = [ticket_id for ticket_id in self.ids if ticket_id not in held]
        if free:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    SQL.identifier(self._table),
                    tuple(free),
                )
            )
            held.update(free)

    def _held_ids(self):
        """:return: set of the tickets that this transaction locked or made already, to be added to

        Odoo empties ``data`` when a savepoint begins and when it is rolled back, with which its locks go.
        """
        return self.env.cr.precommit.data.setdefault(HELD, set())

    def _move_to_stage(self, stage):
        """Put tickets into a column of the board, which moves their state along."""
        if not stage.exists():
            raise UserError(
                self.env._("A ticket always stands in a stage. Choose one.")
            )
        self._check_stage(stage)
        self._set_state(stage.state, stage=stage)
        beside = self.filtered(lambda ticket: ticket.stage_id != stage)
        if beside:
            beside._write_guarded({"stage_id": stage.id})
            beside._sla_follow()
        return True

    def _check_stage(self, stage):
        teams_sudo = stage.sudo().team_ids
        for ticket in self:
            if teams_sudo and ticket.team_id not in teams_sudo:
                raise UserError(
                    self.env._(
                        "%(ticket)s cannot go to %(stage)s: that is a stage of %(teams)s.",
                        ticket=ticket.display_name,
                        stage=stage.name,
                        teams=", ".join(teams_sudo.mapped("name")),
                    )
                )

    def _fit_stages(self):
        """Tickets that came to another team keep their state, and stand in the first stage of it that the team has."""
        plan = self.env["support_visibility.stage"]._plan()
        moved = self.filtered("stage_id").grouped(
            lambda t: after_change_of_team(
                plan, t.stage_id.id, t.state, t.team_id.id or None
            )
        )
        for stage_id, tickets in moved.items():
            tickets = tickets.filtered(lambda t, s=stage_id: s and t.stage_id.id != s)
            if tickets:
                tickets._write_guarded({"stage_id": stage_id})
                tickets._sla_follow()

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

    def _pass_to(self, team, user):
        """Move tickets to a person of another team in one step."""
        self._check_assignable(user)
        seat = escalation.Seat(team.id, user.id)
        self._sit({ticket.id: seat for ticket in self}, "")
        return True

    def _sit(self, seats, reason):
        """Hand tickets over: the handoff, the new seat and the event of each.

        :param dict seats: ticket id -> ``Seat``; a ticket that is there already is left alone
        :param reason: one sentence for all, or ``{ticket id: its own}``
        """
        self._hold()
        moving = self.filtered(
            lambda t: (
                seats[t.id]
                != escalation.Seat(t.team_id.id or None, t.user_id.id or None)
            )
        )
        if not moving:
            return
        now = utcnow()
        to_other_team = moving.filtered(
            lambda t: (t.team_id.id or None) != seats[t.id].team_id
        )
        self.env["support_visibility.handoff"].sudo().create(
            [
                ticket._prepare_handoff(
                    seats[ticket.id],
                    reason[ticket.id] if isinstance(reason, dict) else reason,
                    now,
                )
                for ticket in moving
            ]
        )
        let_go = moving.filtered(lambda t: t.user_id and not seats[t.id].user_id)
        opened = moving.filtered(
            lambda t: seats[t.id].user_id and t.state == ticket_state.NEW
        )
        for (seat, count, opens), tickets in moving.grouped(
            lambda t: (seats[t.id], t.handoff_count, t in opened)
        ).items():
            vals = {
                "team_id": seat.team_id,
                "user_id": seat.user_id,
                "held_since": now,
                "handoff_count": count + 1,
            }
            # Having somebody is what open means; the assignment is the step that is told.
            if opens:
                tickets._set_state(ticket_state.OPEN, tell=False, seat=vals)
            else:
                tickets._write_guarded(vals)
        for to_person, tickets in moving.grouped(lambda t: bool(t.user_id)).items():
            tickets._tell(
                "support.assigned" if to_person else "support.queued",
                "Ticket assigned" if to_person else "Ticket put in queue",
            )
        to_other_team._fit_stages()
        to_other_team._sla_match_open(["team_id"])
        to_other_team._give()
        let_go._room_again()

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
        self._raise_if_merged()
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
