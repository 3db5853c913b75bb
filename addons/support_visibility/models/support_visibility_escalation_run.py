from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.event_hub.exceptions import ConflictError

from ..const import MANAGER_GROUP
from ..policies import escalation, ticket_state
from ..policies import escalation_chain as chain
from ..tools.clock import utcnow

WAITING, DONE, SKIPPED, FAILED, UNDONE = (
    "waiting",
    "done",
    "skipped",
    "failed",
    "undone",
)
BATCH = 500
SEATED = (chain.ASSIGN, chain.QUEUE)


class SupportVisibilityEscalationRun(models.Model):
    """One step of a chain for one clock: taken once, also after the ticket was reopened."""

    _name = "support_visibility.escalation_run"
    _description = "Escalation Step Taken"
    _inherit = ["event_hub.guarded"]
    _order = "due_at desc, id desc"
    _log_access = False
    _rec_name = "step_id"

    clock_id = fields.Many2one(
        "support_visibility.sla_clock",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        "support_visibility.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    step_id = fields.Many2one(
        "support_visibility.escalation_step",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    act = fields.Selection(related="step_id.act")
    # a column of its own: following the clock's would cost a query for each clock that gets another policy
    policy_id = fields.Many2one(
        "support_visibility.sla_policy",
        "Policy Then",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    due_at = fields.Datetime("Due", required=True, readonly=True)
    done_at = fields.Datetime("Done", readonly=True)
    state = fields.Selection(
        [
            (WAITING, "Waiting"),
            (DONE, "Done"),
            (SKIPPED, "Not Needed"),
            (FAILED, "Not Possible"),
            (UNDONE, "Undone"),
        ],
        required=True,
        readonly=True,
        default=WAITING,
        index=True,
    )
    said = fields.Char("Why Not", readonly=True)
    before = fields.Json(
        readonly=True, help="Team, person and priority that the ticket had before."
    )

    _once = models.UniqueIndex("(clock_id, step_id)")
    _waiting_idx = models.Index("(due_at) WHERE state = 'waiting'")

    @api.model
    def _begin(self, rows):
        """Note steps that have come; one that was noted for its clock is not noted again.

        :param rows: ``[(clock, step id, naive UTC when it is due)]``
        :return: the new ones, in one query
        """
        if not rows:
            return self.browse()
        values = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s)",
                clock.id,
                clock.policy_id.id or None,
                clock.ticket_id.id,
                clock.company_id.id,
                step_id,
                due_at,
                WAITING,
            )
            for clock, step_id, due_at in rows
        ]
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO support_visibility_escalation_run
                            (clock_id, policy_id, ticket_id, company_id, step_id, due_at, state) VALUES %s
                ON CONFLICT DO NOTHING RETURNING id
                """,
                SQL(", ").join(values),
            )
        )
        return self.browse(row[0] for row in found)

    @api.model
    def _carry_out_waiting(self):
        """Take the steps whose minutes are over.

        :return: how many
        """
        due = self.sudo().search(
            [("state", "=", WAITING), ("due_at", "<=", utcnow())],
            order="due_at, id",
            limit=BATCH,
        )
        due = due.try_lock_for_update() if due else due
        due._carry_out()
        return len(due)

    def _carry_out(self):
        """Take the steps of ``self`` that are due; what is done already needs none."""
        now = utcnow()
        due = self.filtered(lambda run: run.state == WAITING and run.due_at <= now)
        late = due.filtered(lambda run: run._is_over())
        late._end(SKIPPED, self.env._("It was done already."))
        for step, runs in (due - late).grouped("step_id").items():
            runs._take(step)

    def _is_over(self):
        return (
            bool(self.clock_id.stopped_at)
            or self.ticket_id.state not in ticket_state.OPEN_STATES
        )

    def _take(self, step):
        there = self.filtered(lambda run: run.ticket_id._chain_is_there(step))
        there._end(SKIPPED, self.env._("The ticket was there already."))
        (self - there)._act(step)

    def _act(self, step):
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                for run in self:
                    run.before = run.ticket_id._chain_place()
                # one line in the chatter says the step and why: tracking would say it again
                tickets = self.ticket_id.with_context(mail_notrack=True)
                tickets._chain_act(step, self._reason(step))
                self._tell(step)
        except UserError as error:
            if len(self) > 1:  # what one ticket cannot do is no fault of the others
                for run in self:
                    run._act(step)
                return
            self._end(FAILED, str(error)[: escalation.MAX_REASON_CHARS])
            return
        self._end(DONE)
        self._log(step)

    def _tell(self, step):
        """Put what is told to people into their next message."""
        if step.act in chain.TELLING:
            self.env["support_visibility.notice_item"].sudo()._ask(
                (run, step.user_id or run.ticket_id.team_id.leader_id) for run in self
            )

    def _reason(self, step):
        return self.env._("Escalation chain: %(step)s", step=step.name)

    def _log(self, step):
        """Each ticket says which step was taken, by which promise."""
        tickets = self.ticket_id
        words = {run.ticket_id.id: run._words(step) for run in self}
        tickets._message_log_batch(
            bodies={ticket.id: words[ticket.id] for ticket in tickets}
        )

    def _words(self, step):
        return self.env._(
            "%(step)s. The promise: %(policy)s, due %(due)s UTC.",
            step=step.name,
            policy=self.policy_id.name or "",
            due=fields.Datetime.to_string(self.clock_id.due_at) or "",
        )

    def _end(self, state, said=False):
        if self:
            self.write({"state": state, "said": said, "done_at": utcnow()})

    # ------------------------------------------------------------------ undo

    def action_undo(self):
        """Put tickets back where a step took them from, if nobody moved them since; support managers only."""
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a support manager takes back a step of a chain.")
            )
        self.check_access("read")
        for run in self.sudo():
            run._undo()
        return True

    def _undo(self):
        ticket = self.ticket_id
        if self.state == UNDONE:
            raise ConflictError(
                self.env._(
                    "This step on %(ticket)s was taken back already. Look at the ticket as it stands now.",
                    ticket=ticket.display_name,
                )
            )
        can = self.state == DONE and self.act in (*SEATED, chain.PRIORITY)
        if not can:
            raise UserError(
                self.env._(
                    "This step moved %(ticket)s nowhere, so there is nothing to take back. Move the ticket yourself.",
                    ticket=ticket.display_name,
                )
            )
        if ticket._chain_place() != self._after():
            raise ConflictError(
                self.env._(
                    "%(ticket)s does not stand where this step put it, so there is nothing to take back. Move the "
                    "ticket yourself.",
                    ticket=ticket.display_name,
                )
            )
        team_id, user_id, priority = self.before
        if self.act == chain.PRIORITY:
            ticket.write({"priority": priority})
        else:
            words = self.env._("Step of the chain taken back")
            ticket._sit(
                {ticket.id: escalation.Seat(team_id or None, user_id or None)}, words
            )
        self.write({"state": UNDONE})

    def _after(self):
        """:return: the place that the step gave the ticket"""
        team_id, user_id, priority = self.before
        if self.act == chain.PRIORITY:
            return [team_id, user_id, chain.raised(priority)]
        if self.act == chain.ASSIGN:
            return [team_id, self.step_id.user_id.id, priority]
        return [self.step_id.to_team_id.id, False, priority]


def later(at, minutes):
    return at + timedelta(minutes=minutes)
