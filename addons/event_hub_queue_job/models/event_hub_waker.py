from odoo import api, models

from odoo.addons.event_hub import const
from odoo.addons.event_hub.models.event_hub_run import CRON as CRON_REACT

ROOT = "root.event_hub"
# Scheduled Action: what a job does instead, and in which channel.
JOBS = {
    **{
        xmlid: ("event_hub.message", "_job_process", (lane,), f"{ROOT}.lane_{lane}")
        for lane, xmlid in enumerate(const.CRONS_PROCESS)
    },
    CRON_REACT: ("event_hub.run", "_job_react", (), f"{ROOT}.rules"),
}
PRIORITY = 5  # before jobs that nobody gave a priority (10)
FOREVER = 0  # tries; what fails has tries of its own


class EventHubWaker(models.AbstractModel):
    _inherit = "event_hub.waker"

    @api.model
    def _ring(self, xmlid):
        """Put one job in the lane's channel; any number of wake-ups until it begins are one.

        The Scheduled Action stays as the safety net. Switched off, nothing wakes its job either.
        """
        if xmlid not in JOBS:
            return super()._ring(xmlid)
        cron = self.env.ref(xmlid, raise_if_not_found=False)
        if cron and cron.active:
            model, method, args, channel = JOBS[xmlid]
            delayed = self.env[model].with_delay(
                priority=PRIORITY,
                max_retries=FOREVER,
                description=cron.name,
                channel=channel,
                identity_key=xmlid,
            )
            getattr(delayed, method)(*args)
        return True
