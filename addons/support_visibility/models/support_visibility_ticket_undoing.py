from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.event_hub.exceptions import ConflictError

from ..policies.desk import undoing
from ..policies.sla import following
from ..policies.sla.clock import whole
from ..tools.clock import utcnow
from .support_visibility_ticket_merge import SPOKEN
from .support_visibility_ticket_undo import BEFORE


class SupportVisibilityTicketUndoing(models.Model):
    """Take back the last move of a ticket."""

    _inherit = "support_visibility.ticket"  # pylint: disable=consider-merging-classes-inherited

    can_undo = fields.Boolean(
        compute="_compute_can_undo",
        help="You moved it just now, and can take that back.",
    )

    def _compute_can_undo(self):
        problems = self._undo_problems()
        for ticket in self:
            ticket.can_undo = ticket.id in problems and not problems[ticket.id]

    # ------------------------------------------------------------------ remembering

    def _set_state(self, target, at=None, stage=None, tell=True, seat=None):
        before = self._before_move(tell and not at, lambda t: t.state != target)
        result = super()._set_state(target, at=at, stage=stage, tell=tell, seat=seat)
        self._remember_moves(before)
        return result

    def _move_to_stage(self, stage):
        beside = self._before_move(
            stage.exists(), lambda t: t.state == stage.state and t.stage_id != stage
        )
        result = super()._move_to_stage(stage)
        self._remember_moves(beside)
        return result

    def _before_move(self, is_asked, moves):
        """:return: ``{ticket id: where it stood}`` for what a person moves now"""
        if (
            not is_asked
            or not self.env.user._is_internal()
            or self.env.user._is_superuser()
        ):
            return {}
        return {
            ticket.id: {
                "stage_id": ticket.stage_id.id,
                **{name: ticket[name] for name in BEFORE},
            }
            for ticket in self
            if moves(ticket)
        }

    def _remember_moves(self, before):
        if not before:
            return
        now = utcnow()
        self.env["support_visibility.ticket_undo"].sudo().create(
            [
                {
                    **before[ticket.id],
                    "ticket_id": ticket.id,
                    "by_user_id": self.env.uid,
                    "to_stage_id": ticket.stage_id.id,
                    "at": ticket.state_since
                    if ticket.state != before[ticket.id]["state"]
                    else now,
                }
                for ticket in self
                if ticket.id in before
            ]
        )

    # ------------------------------------------------------------------ taking back

    def action_undo_move(self):
        """Put tickets back to where they stood before one moved them, as long as nothing else happened.

        :raises ConflictError: something happened since, or it was taken back already
        :raises UserError: somebody else moved it, or it is too late
        """
        self._hold()
        problems, rows = self._undo_problems(), self._last_moves()
        for ticket in self:
            if problems[ticket.id]:
                ticket._raise_not_undone(problems[ticket.id])
        for ticket in self:
            ticket._undo(rows[ticket.id])
        self._sla_follow()
        return True

    def _undo(self, row):
        was = self.state
        self._write_guarded(row._values_before())
        # what the move stopped goes on; the time in between is a pause, as after a reopening
        for clock in self._sla_clocks():
            if clock.stopped_at and clock.stopped_at >= whole(row.at):
                clock._step(following.RESTART, utcnow(), self.env._("taken back"))
        row.unlink()
        self._tell("support.move_undone", "Move taken back", undone=was)

    def _last_moves(self):
        """:return: ``{ticket id: its last row}``"""
        rows = (
            self.env["support_visibility.ticket_undo"]
            .sudo()
            .search([("ticket_id", "in", self.ids)], order="id")
        )
        last = {row.ticket_id.id: row for row in rows}
        return {ticket.id: last.get(ticket.id, rows[:0]) for ticket in self}

    def _undo_problems(self):
        """:return: ``{ticket id: code why its last move cannot be taken back, or None}``"""
        rows, now = self._last_moves(), utcnow()
        begin = now - undoing.WITHIN
        recent = [
            ticket_id for ticket_id, row in rows.items() if row and row.at >= begin
        ]
        happened = self.browse(recent)._happened(begin)
        return {
            ticket_id: undoing.problem(
                row._move(), self.env.uid, now, happened.get(ticket_id)
            )
            for ticket_id, row in rows.items()
        }

    def _happened(self, begin):
        """:return: ``{ticket id: the latest that happened since begin}``; deadlines that pass are nobody's act"""
        if not self:
            return {}
        ledger = self.env["event_hub.event"].sudo()
        ledger._flush_emitted()
        found = {}
        for event in ledger.search_fetch(
            [
                *(("case_model", "=", self._name), ("case_id", "in", self.ids)),
                *(("occurred_at", ">", begin), ("type", "not like", "support.sla_%")),
            ],
            ["case_id", "occurred_at"],
        ):
            found[event.case_id] = max(
                found.get(event.case_id, begin), event.occurred_at
            )
        for message in (
            self.env["mail.message"]
            .sudo()
            .search_fetch(
                [
                    *(("model", "=", self._name), ("res_id", "in", self.ids)),
                    *(("create_date", ">", begin), ("message_type", "in", SPOKEN)),
                ],
                ["res_id", "create_date"],
            )
        ):
            found[message.res_id] = max(
                found.get(message.res_id, begin), message.create_date
            )
        return found

    def _raise_not_undone(self, code):
        words = {"ticket": self.display_name}
        if code == undoing.SINCE:
            raise ConflictError(
                self.env._(
                    "Something happened to %(ticket)s since you moved it. Look at it and move it yourself.",
                    **words,
                )
            )
        if code == undoing.NOTHING:  # taken back already, or never moved
            raise ConflictError(
                self.env._(
                    "%(ticket)s was not moved just now, or that was taken back already.",
                    **words,
                )
            )
        raise UserError(
            {
                undoing.OTHERS: self.env._(
                    "Somebody else moved %(ticket)s; only they can take it back.",
                    **words,
                ),
                undoing.LATE: self.env._(
                    "%(ticket)s was moved more than ten minutes ago. Move it again instead.",
                    **words,
                ),
            }[code]
        )
