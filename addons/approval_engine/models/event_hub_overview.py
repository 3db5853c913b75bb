from odoo import models


class EventHubOverview(models.AbstractModel):
    _inherit = "event_hub.overview"

    def _queue_label(self, queue):
        if queue == "approval_heads":
            return self.env._("Heads of seals to publish")
        return super()._queue_label(queue)
