from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub.models.event_hub_monitor import Queue

from .approval_engine_seal_publish import WAITING

HEADS = "approval_heads"  # of seals, to be written outside the database
SOON = timedelta(hours=1)


class EventHubMonitor(models.AbstractModel):
    _inherit = "event_hub.monitor"

    @api.model
    def _jobs(self):
        jobs = ("approval_engine.ir_cron_execute", "approval_engine.ir_cron_deadlines")
        seals = ("approval_engine.ir_cron_seal",)
        return {**super()._jobs(), "approvals": jobs, "seals": seals}

    @api.model
    def _queues(self):
        heads = Queue("approval_engine.seal", (WAITING,), "sealed_at", "sealed_at")
        return {**super()._queues(), HEADS: heads}

    def _measure_queue(self, queue):
        if queue.model != "approval_engine.seal":
            return super()._measure_queue(queue)
        count, seconds = self.env["approval_engine.seal"].sudo()._measure_unpublished()
        return count, seconds, seconds

    @api.model
    def _health_checks(self):
        checks = super()._health_checks()
        late = not checks[HEADS][0]
        problem = self.env["approval_engine.seal"].sudo()._publishing_problem(late)
        return {**checks, HEADS: (not problem, problem)}

    @api.model
    def _promises(self):
        """A decision is promised by its deadline."""
        now = fields.Datetime.now()
        waiting = self.env["approval_engine.request"].sudo()
        domain = [("state", "=", "pending"), ("due_at", "<", now + SOON)]
        due = waiting.search_fetch(domain, ["due_at"]).mapped("due_at")
        broken = sum(moment < now for moment in due)
        return {**super()._promises(), "decisions": (len(due) - broken, broken)}
