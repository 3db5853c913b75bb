from odoo import api, models

from odoo.addons.event_hub import const


class EventHubMessage(models.Model):
    _inherit = "event_hub.message"

    @api.model
    def _job_process(self, lane):
        """Understand one batch of a lane; whoever finds something looks for more in a job of its own.

        A job must not commit, so it does one batch. A collision with another transaction undoes
        all of it, and the job queue tries again.

        :return: what was done, for the job's record
        """
        took = self._process_waiting(const.BATCH_SIZE, lane)
        if took:
            self.env["event_hub.waker"]._wake(const.CRONS_PROCESS[lane])
        return self.env._("%(count)s messages", count=took)
