from datetime import timedelta

from odoo import api, fields, models

SOON = timedelta(hours=1)


class EventHubMonitor(models.AbstractModel):
    _inherit = "event_hub.monitor"

    @api.model
    def _jobs(self):
        jobs = ("approval_engine.ir_cron_execute", "approval_engine.ir_cron_deadlines")
        return {**super()._jobs(), "approvals": jobs}

    @api.model
    def _promises(self):
        """A decision is promised by its deadline."""
        now = fields.Datetime.now()
        waiting = self.env["approval_engine.request"].sudo()
        domain = [("state", "=", "pending"), ("due_at", "<", now + SOON)]
        due = waiting.search_fetch(domain, ["due_at"]).mapped("due_at")
        broken = sum(moment < now for moment in due)
        return {**super()._promises(), "decisions": (len(due) - broken, broken)}
