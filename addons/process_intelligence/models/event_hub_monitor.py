from odoo import api, models


class EventHubMonitor(models.AbstractModel):
    _inherit = "event_hub.monitor"

    @api.model
    def _jobs(self):
        return {
            **super()._jobs(),
            "imports": ("process_intelligence.import_cron",),
            "cases": ("process_intelligence.store_cron",),
            "rules": ("process_intelligence.rule_cron",),
            "findings": ("process_intelligence.finding_cron",),
            "drift": ("process_intelligence.drift_cron",),
        }
