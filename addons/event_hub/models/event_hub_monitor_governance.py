# pylint: disable=consider-merging-classes-inherited
from datetime import datetime, timezone

from odoo import api, models
from odoo.tools import SQL


class EventHubMonitor(models.AbstractModel):
    """A rule that a person holds is not late; that all are held is said aloud."""

    _inherit = "event_hub.monitor"

    @api.model
    def _health_checks(self):
        checks = super()._health_checks()
        state = self.env["base.automation"]._pause_all_state()
        checks["automation"] = (
            not state,
            f"All automation rules are paused since {state['at'] or '?'} UTC."
            if state
            else "",
        )
        held = self.env["event_hub.job"].sudo().search([("paused", "=", True)])
        checks["scheduled_actions"] = (
            not held,
            f"Paused by a person: {', '.join(held.mapped('name'))}." if held else "",
        )
        return checks

    def _measure_queue(self, queue):
        measured = super()._measure_queue(queue)
        if queue.model != "event_hub.run" or not queue.due:
            return measured
        rules = self.env["base.automation"]
        if rules._pause_all_state():
            return (*measured[:2], 0.0)
        held = rules._paused_ids()
        return (*measured[:2], self._lateness_without(held)) if held else measured

    def _lateness_without(self, rule_ids):
        """:return: seconds for which the oldest run is due whose rule is none of ``rule_ids``"""
        self.env.cr.execute(
            SQL(
                "SELECT min(next_try_at) FROM event_hub_run"
                " WHERE state IN ('pending', 'failed') AND automation_id != ALL(%s)",
                list(rule_ids),
            )
        )
        (moment,) = self.env.cr.fetchone()
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        return max(0.0, (now - moment).total_seconds()) if moment else 0.0
