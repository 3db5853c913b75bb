from odoo import api, models


class EventHubRun(models.Model):
    _inherit = "event_hub.run"

    @api.model
    def _job_react(self):
        """Carry out the runs that are due, each batch in a savepoint of its own; see ``_job_process``.

        :return: what was done, for the job's record
        """
        took = sum(self._react_to(ids) for ids in self._due_batches())
        if took:
            self._tell_owners()
            self._wake()
        return self.env._("%(count)s runs", count=took)
