from odoo import api, fields, models
from odoo.fields import Domain

from ..const import DEADLINE_CRON, EXECUTION_BATCH
from ..policies import deadlines, request_state, seats


class ApprovalEngineRequest(models.Model):
    """What happens while nobody decides: reminding, expiring."""

    _inherit = "approval_engine.request"  # pylint: disable=consider-merging-classes-inherited

    def _start_clock(self, now):
        due = self.policy_id._due_at(now)
        remind = deadlines.remind_at(now, due) if due else False
        for moment in filter(None, (remind, due)):
            self.env["event_hub.waker"]._wake_at(DEADLINE_CRON, moment)
        self._write_guarded({"due_at": due, "remind_at": remind})

    @api.model
    def _cron_deadlines(self, batch_size=EXECUTION_BATCH):
        """Remind of what is due soon, close what nobody decided in time. Never approves."""
        now = fields.Datetime.now()
        pending = Domain("state", "=", request_state.PENDING)
        late = pending & Domain("due_at", "<=", now)
        near = pending & Domain("remind_at", "<=", now)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(late | near))
        if self._each_alone(late, "due_at, id", batch_size, "_time_out"):
            self._remind_of(near, batch_size)

    @api.model
    def _remind_of(self, domain, limit):
        """Together, so that nobody gets a mail for each."""
        requests = self.search(domain, limit=limit, order="remind_at, id")
        locked = requests.try_lock_for_update(allow_referencing=True)
        locked.filtered_domain(domain)._unless_it_fails("_remind")
        self.env["ir.cron"]._commit_progress(len(requests))

    def _remind(self):
        """Once per request: a note in the web client of those who have to decide, and a mail."""
        for request in self:
            waiting = request.assignment_ids.filtered(
                lambda a: a.state == seats.PENDING
            ).user_id
            request._notify_inbox(waiting, reminder=request.display_name)
        self._mail_reminders()
        self._write_guarded({"remind_at": False})

    def _time_out(self):
        """Expire or reject, as the policy says."""
        self.ensure_one()
        target = deadlines.timeout_state(self.policy_id.timeout_action)
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
