from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import DEADLINE_CRON, EXECUTION_BATCH
from ..fields import FrozenJson
from ..policies import deadlines, escalation, request_state, seats
from ..tools.clocks import Clocks

HALF_A_SECOND = timedelta(seconds=0.5)
# written by the clock alone
CLOCK = frozenset(
    {
        "clock",
        "reminders_done",
        "escalate_at",
        "levels_done",
        "paused_at",
        "paused_due_at",
        "resume_at",
        "extended",
    }
)


class ApprovalEngineRequest(models.Model):
    """What happens while nobody decides: reminding, asking others, expiring."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    clock = FrozenJson(
        readonly=True,
        copy=False,
        help="What happens while nobody decides: {“remind”: [time], “escalate”: [[time, level]]}, UTC.",
    )
    reminders_done = fields.Integer(readonly=True, copy=False)
    escalate_at = fields.Datetime("Next Escalation", readonly=True, copy=False)
    levels_done = fields.Char(
        readonly=True,
        copy=False,
        help="Levels of escalation carried out in this round.",
    )
    extended = fields.Boolean(
        readonly=True, copy=False, help="The time was given once more, to the owner."
    )
    paused_at = fields.Datetime(
        "Clock Stopped",
        readonly=True,
        copy=False,
        help="Since when the time to decide stands still.",
    )
    paused_due_at = fields.Datetime("Was Due", readonly=True, copy=False)
    resume_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the clock runs again, even without an answer.",
    )

    _escalate_idx = models.Index("(escalate_at) WHERE state = 'pending'")
    _resume_idx = models.Index("(resume_at) WHERE state = 'pending'")

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields() | CLOCK

    def _blank_values(self):
        return super()._blank_values() | dict.fromkeys(CLOCK, False)

    def _planned_due(self, policy):
        """:return: when it would be due, submitted now; naive UTC, False without deadline"""
        return policy._due_after(fields.Datetime.now(), policy._hours_for(self.urgent))

    def _start_clock(self, now):
        clocks = Clocks(self.env, now)
        self._write_guarded(clocks.values(self.policy_id, self.urgent))

    @api.model
    def _clock_laid(self, policy, urgent, now):
        """:return: values of a clock that starts ``now``"""
        hours = policy._hours_for(urgent)
        due = policy._due_after(now, hours)
        reminders, levels = policy._moments(now, due, hours)
        return {
            **dict.fromkeys(CLOCK, False),
            **self._clock_values(due, reminders, levels),
        }

    def _clock_values(self, due, reminders, levels, reminders_done=0, levels_done=()):
        """:return: values of a clock that shows these moments; wakes the job for each to come"""
        left = [one for one in levels if one[1] not in levels_done]
        upcoming = reminders[reminders_done:]
        now = fields.Datetime.now()
        moments = {*upcoming, *(at for at, _level in left), due or None} - {None}
        if moments:
            self.env["event_hub.waker"]._wake_at(
                DEADLINE_CRON, *sorted(max(moment, now) for moment in moments)
            )
        return {
            "due_at": due,
            "clock": {
                "remind": [_text(moment) for moment in reminders],
                "escalate": [[_text(moment), level] for moment, level in levels],
            },
            "remind_at": min(upcoming, default=False),
            "escalate_at": min((at for at, _level in left), default=False),
        }

    def _clock_moments(self):
        """:return: ([when to remind], [(when, id of the level)])"""
        clock = self.clock or {}
        return (
            [fields.Datetime.to_datetime(text) for text in clock.get("remind", [])],
            [
                (fields.Datetime.to_datetime(text), level)
                for text, level in clock.get("escalate", [])
            ],
        )

    def _done_levels(self):
        return [int(id_) for id_ in (self.levels_done or "").split(",") if id_]

    # ------------------------------------------------------------------ the job

    @api.model
    def _cron_deadlines(self, batch_size=EXECUTION_BATCH):
        """Remind, ask others, and close what nobody decided in time. Never approves."""
        now = fields.Datetime.now()
        pending = Domain("state", "=", request_state.PENDING)
        late = pending & Domain("due_at", "<=", now)
        stuck = pending & Domain("escalate_at", "<=", now)
        asked = pending & Domain("resume_at", "<=", now)
        near = pending & Domain("remind_at", "<=", now)
        todo = late | stuck | asked | near
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(todo))
        for domain, order, method in (
            (late, "due_at, id", "_time_out"),
            (stuck, "escalate_at, id", "_escalate"),
            (asked, "resume_at, id", "_give_up_waiting"),
        ):
            if not self._each_alone(domain, order, batch_size, method):
                return
        self._remind_of(near, batch_size)

    @api.model
    def _remind_of(self, domain, limit):
        """Together, so that nobody gets a mail for each."""
        requests = self.search(domain, limit=limit, order="remind_at, id")
        locked = requests.try_lock_for_update(allow_referencing=True)
        locked.filtered_domain(domain)._unless_it_fails("_remind")
        self.env["ir.cron"]._commit_progress(len(requests))

    def _remind(self):
        """A note in the web client of those who have to decide, and a mail; then wait for the next time."""
        for request in self:
            waiting = request.assignment_ids.filtered(
                lambda a: a.state == seats.PENDING
            ).user_id
            request._notify_inbox(waiting, reminder=request.display_name)
        self._mail_reminders()
        now = fields.Datetime.now()
        for request in self:
            moments, _levels = request._clock_moments()
            done = escalation.passed(now, moments, request.reminders_done)
            later = min(moments[done:], default=False)
            request._write_guarded({"remind_at": later, "reminders_done": done})

    def _time_out(self):
        """Ask the owner once more, expire or reject, as the policy says. Never approve."""
        self.ensure_one()
        action = self.policy_id.timeout_action
        if action == deadlines.ESCALATE and not self.extended and self._extend():
            return
        target = deadlines.timeout_state(action)
        outcome = self.env._("Nobody decided until the deadline.")
        values = {"outcome": outcome, "decided_at": fields.Datetime.now()}
        self._set_state(target, f"approval.{target}", values, why=outcome)
        self._close_steps()
        what = (
            self.policy_id.on_reject
            if target == request_state.REJECTED
            else self.policy_id.on_expire
        )
        self._aftermath(what, outcome)

    def _extend(self):
        """Ask the policy's owner, with the same time again; once per round.

        :return: whether the owner could be asked
        """
        now, policy = fields.Datetime.now(), self.policy_id
        if not self._ask_owner_too():
            return False
        hours = policy._hours_for(self.urgent)
        due = policy._due_after(now, hours)
        reminders = policy._moments(now, due, hours)[0]
        self._write_guarded(
            {
                **self._clock_values(due, reminders, []),
                "reminders_done": 0,
                "extended": True,
            }
        )
        return True

    # ------------------------------------------------------------------ standing still

    def _pause_clock(self):
        """Stop the clock: nothing falls due until it runs again, or as long as the policy gives at most."""
        self.ensure_one()
        if self.paused_at or not (self.due_at or self.escalate_at):
            return
        now, policy = fields.Datetime.now(), self.policy_id
        hours = policy._hours_for(self.urgent) or deadlines.MOST_PAUSE_HOURS
        until = policy._due_after(now, hours)
        self._write_guarded(
            {
                "paused_at": now,
                "paused_due_at": self.due_at,
                "resume_at": until,
                "due_at": False,
                "remind_at": False,
                "escalate_at": False,
            }
        )
        if until:
            self.env["event_hub.waker"]._wake_at(DEADLINE_CRON, until)

    def _resume_clock(self):
        """Let the clock run again, with as much time left as when it stopped.

        :return: how long it stood still; None if it did not
        """
        self.ensure_one()
        if not self.paused_at:
            return None
        now, stopped = fields.Datetime.now(), self.paused_at
        spans = self.policy_id._spans(stopped)

        def move(moment):
            later = deadlines.moved(moment, stopped, now, spans)
            return (later + HALF_A_SECOND).replace(microsecond=0)

        reminders, levels = self._clock_moments()
        self._write_guarded(
            {
                **self._clock_values(
                    self.paused_due_at and move(self.paused_due_at),
                    [move(moment) for moment in reminders],
                    [(move(moment), level) for moment, level in levels],
                    self.reminders_done,
                    self._done_levels(),
                ),
                "paused_at": False,
                "paused_due_at": False,
                "resume_at": False,
            }
        )
        return now - stopped

    def _give_up_waiting(self):
        """No answer came in all the time there was: the clock runs on."""
        self.ensure_one()
        stood = self._resume_clock()
        self.message_post(
            body=self.env._(
                "No answer came within %(span)s: the time to decide runs again.",
                span=self._span_words(stood),
            )
        )
        self._notify_inbox(self._asked_now() | self.requester_id)


def _text(moment):
    return fields.Datetime.to_string(moment)
