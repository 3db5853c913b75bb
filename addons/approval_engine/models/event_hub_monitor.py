from odoo import api, models


class EventHubMonitor(models.AbstractModel):
    _inherit = "event_hub.monitor"

    @api.model
    def _jobs(self):
        jobs = ("approval_engine.ir_cron_execute", "approval_engine.ir_cron_deadlines")
        return {**super()._jobs(), "approvals": jobs}
