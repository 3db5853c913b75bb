from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..exceptions import ConflictError
from ..policies import lanes, replay, states
from ..policies.arguments import FLAG, MAYBE_TEXT, MAYBE_TEXTS
from ..tools import undone
from ..tools.arguments import takes


class EventHubMessage(models.Model):
    """Trying again what was set aside."""

    _inherit = "event_hub.message"

    replay_id = fields.Many2one(
        "event_hub.replay",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The replay of a period that took it up last.",
    )

    @takes(dry_run=FLAG)
    def action_replay(self, dry_run=False):
        """Try messages again that were set aside, as if they had just come in.

        :param dry_run: only tell what would happen; nothing is kept
        :return: True; with ``dry_run`` what would happen: ``{"messages": [{"id", "state", "error_code", "error",
            "events"}], "outcomes": {state: count}, "runs": count, "deliveries": count}``
        """
        if not self.env.su and not self.env.user.has_group("event_hub.group_hub_admin"):
            raise AccessError(
                self.env._("Only an Event Hub administrator can replay messages.")
            )
        self.check_access("read")
        messages = self.sudo().exists()
        messages._check_replayable()
        if dry_run:
            messages._lock_all()
            return messages._try_replay()
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

    def _lock_all(self):
        if self.try_lock_for_update() != self:
            raise ConflictError(
                self.env._(
                    "Some of these messages are being processed right now. Look again in a moment."
                )
            )

    def _replay(self):
        self._lock_all()
        self.invalidate_recordset(["state"])
        self._check_replayable()
        self._make_due()
        now, later = self[: const.REPLAY_NOW], self[const.REPLAY_NOW :]
        self.env["event_hub.processor"]._process(now.sorted("id"))
        later._wake_lanes()
        self.source_id._close_question()

    def _make_due(self, **values):
        """Let these start over, as if they had just come in."""
        return self._set_state(
            states.RECEIVED,
            attempts=0,
            next_try_at=fields.Datetime.now(),
            error_code=False,
            error=False,
            **values,
        )

    def _wake_lanes(self):
        for lane in {lanes.lane_to_wake(m.lane, m.id) for m in self}:
            self.env["event_hub.waker"]._wake(const.CRONS_PROCESS[lane])

    def _try_replay(self):
        """:return: what a replay would do, after undoing it; as ``action_replay``"""
        postcommit = list(self.env.cr.postcommit._funcs)
        savepoint = self.env.cr.savepoint()
        try:
            with undone.dropped(self.env.cr, always=True):
                self._make_due()
                ordered = self.sorted("id")
                for start in range(0, len(ordered), const.BATCH_SIZE):
                    batch = ordered[start : start + const.BATCH_SIZE]
                    self.env["event_hub.processor"]._process(batch)
                self.env.flush_all()
            return self._told_outcome()
        finally:
            savepoint.close(rollback=True)
            self.env.cr.postcommit._funcs.clear()  # what the trial asked for after the commit
            self.env.cr.postcommit._funcs.extend(postcommit)

    def _told_outcome(self):
        events = self.event_ids
        asked = [("event_id", "in", events.ids)]
        return {
            "messages": [
                {
                    "id": m.id,
                    "state": m.state,
                    "error_code": m.error_code,
                    "error": m.error,
                    "events": m.event_ids.mapped("type"),
                }
                for m in self
            ],
            "outcomes": replay.outcomes(self.mapped("state")),
            "runs": self.env["event_hub.run"].search_count(asked),
            "deliveries": self.env["event_hub.delivery"].search_count(asked),
        }

    @api.model
    @takes(
        sources=MAYBE_TEXTS,
        states=MAYBE_TEXTS,
        error_code=MAYBE_TEXT,
        date_from=MAYBE_TEXT,
        date_to=MAYBE_TEXT,
        dry_run=FLAG,
    )
    def replay_range(
        self,
        sources=None,
        states=None,
        error_code=None,
        date_from=None,
        date_to=None,
        dry_run=False,
    ):
        """Replay all that was set aside in a period; it goes through the lanes, in pieces, in the background.

        :param sources: codes; none: all that the caller may read
        :param states: of parked, dead and failed; none: parked and dead
        :param error_code: none: whatever the reason
        :param date_from: and ``date_to``: when it was received, UTC, ISO 8601; both optional, the end exclusive
        :param dry_run: only tell what would happen; nothing is kept
        :return: ``{"replay": id of an event_hub.replay, "total": messages}``; with ``dry_run`` as ``action_replay``,
            with ``"total"`` and ``"tried"``: the oldest 1,000 at most
        """
        asked = self.env["event_hub.replay"]._asked(
            sources, states, error_code, date_from, date_to
        )
        if dry_run:
            told = asked._try()
            asked.unlink()
            return told
        asked.action_start()
        return {"replay": asked.id, "total": asked.total}

    def action_show_replay(self):
        """:return: notification that says what a replay would do; of several, the list"""
        if len(self) > 1:
            return self.env["event_hub.replay"]._of_messages(self)
        labels = dict(self._fields["state"]._description_selection(self.env))
        told = self.action_replay(dry_run=True)
        lines = [
            f"{labels[m['state']]}: {m['error'] or ', '.join(m['events'])}"
            for m in told["messages"]
        ]
        good = replay.would_help(told["outcomes"])
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
