from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.event_hub import const

from .event_hub_waker import ROOT


class EventHubMonitor(models.AbstractModel):
    _inherit = "event_hub.monitor"

    @api.model
    def _health_checks(self):
        """Jobs that nobody begins: lanes then wait for their Scheduled Actions, up to a minute."""
        return super()._health_checks() | {"job_queue": self._check_job_queue()}

    @api.model
    def _check_job_queue(self):
        late = fields.Datetime.now() - timedelta(seconds=const.DEGRADED_AFTER_SECONDS)
        waiting = (
            self.env["queue.job"]
            .sudo()
            .search_count(
                [
                    ("channel", "=like", f"{ROOT}.%"),
                    ("state", "in", ("pending", "enqueued")),
                    ("date_created", "<", late),
                ],
                limit=1,
            )
        )
        if not waiting:
            return True, ""
        return False, (
            f"A job waits for more than {const.DEGRADED_AFTER_SECONDS} s: queue_job must be in server_wide_modules, and"
            " its channels need room."
        )
