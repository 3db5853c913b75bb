from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..exceptions import ConflictError
from ..policies import lanes, states
from ..policies.arguments import FLAG
from ..tools.arguments import takes


class EventHubMessage(models.Model):
    """Trying again what was set aside."""

    _inherit = "event_hub.message"

    @takes(dry_run=FLAG)
    def action_replay(self, dry_run=False):
        """Try messages again that were set aside, as if they had just come in.

        :param dry_run: only tell what would happen; nothing is kept
        :return: True; with ``dry_run`` ``{"messages": [{"id", "state", "error_code", "error", "events"}]}``
        """
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can replay messages.")
            )
        self.check_access("read")
        messages = self.sudo().exists()
        messages._check_replayable()
        if dry_run:
            return {"messages": messages._try_replay()}
        messages._replay()
        return True

    def _check_replayable(self):
        settled = self.filtered(lambda m: m.state not in states.REPLAYABLE)
        if settled:
            raise UserError(
                self.env._(
                    "Only failed, parked or dead messages can be replayed. Not so: %(messages)s.",
                    messages=", ".join(
                        f"{m.external_id} ({m.state})" for m in settled[:5]
                    ),
                )
            )

    def _replay(self):
        locked = self.try_lock_for_update()
        if locked != self:
            raise ConflictError(
                self.env._(
                    "Some of these messages are being processed right now. Look again in a moment."
                )
            )
        self.invalidate_recordset()
        self._check_replayable()
        self._set_state(
            states.RECEIVED,
            attempts=0,
            next_try_at=fields.Datetime.now(),
            error_code=False,
            error=False,
        )
        now, later = self[: const.REPLAY_NOW], self[const.REPLAY_NOW :]
        self.env["event_hub.processor"]._process(now.sorted("id"))
        for lane in {lanes.lane_to_wake(m.lane, m.id) for m in later}:
            self.env["event_hub.waker"]._wake(const.CRONS_PROCESS[lane])
        self.source_id._close_question()

    def _try_replay(self):
        """:return: what a replay would do, per message, after undoing it"""
        postcommit = list(self.env.cr.postcommit._funcs)
        savepoint = self.env.cr.savepoint()
        try:
            self._replay()
            self.env.flush_all()
            return [
                {
                    "id": m.id,
                    "state": m.state,
                    "error_code": m.error_code,
                    "error": m.error,
                    "events": m.event_ids.mapped("type"),
                }
                for m in self
            ]
        finally:
            savepoint.close(rollback=True)
            self.env.cr.postcommit._funcs.clear()  # what the trial asked for after the commit
            self.env.cr.postcommit._funcs.extend(postcommit)

    def action_show_replay(self):
        """:return: notification that says what a replay would do"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        told = self.action_replay(dry_run=True)["messages"]
        lines = [
            f"{labels[m['state']]}: {m['error'] or ', '.join(m['events'])}"
            for m in told[:5]
        ]
        good = all(m["state"] == states.PROCESSED for m in told)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("A replay would work")
                if good
                else self.env._("A replay would not help yet"),
                "message": "\n".join(lines),
                "type": "success" if good else "warning",
                "sticky": not good,
            },
        }
