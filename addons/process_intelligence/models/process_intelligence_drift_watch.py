from datetime import timedelta

from odoo import api, fields, models

from .. import const
from ..tools import claims


class ProcessIntelligenceDriftWatch(models.AbstractModel):
    """A process whose change is told: ``process.drift``, once for each process and month.

    The event says that something changed, never what: who may not see the cases learns no figure of them.
    """

    _name = "process_intelligence.drift_watch"
    _inherit = [
        "process_intelligence.asking_drift",
        "event_hub.guarded",
        "event_hub.emitter",
    ]
    _description = "Process Watched for Drift"
    _hub_case_type = "process"

    source = fields.Selection([("ledger", "Ledger"), ("log", "Imported logs")])
    watch_drift = fields.Boolean(
        "Tell of Drift",
        compute="_compute_watch_drift",
        store=True,
        readonly=False,
        help="Tells once a month when cases go otherwise than in the 30 days before, or leave a frozen norm.",
    )
    drift_month = fields.Char(
        "Drift Told For", readonly=True, copy=False, help="Month such as 2026-03."
    )
    drift_checked_at = fields.Datetime(
        "Last Looked for Drift", readonly=True, copy=False
    )

    @api.depends("source")
    def _compute_watch_drift(self):
        """An imported log is mostly history, so nobody is told of it unless a manager wants it."""
        for definition in self:
            definition.watch_drift = definition.source == "ledger"

    @api.model
    def _cron_drift(self):
        """Look at the watched processes, those first that have waited longest; a process a transaction."""
        watched = self.search(
            [("watch_drift", "=", True)],
            order="drift_checked_at ASC NULLS FIRST, id",
        )
        claims.look_at_each(watched, lambda process: process._look_for_drift())

    def _look_for_drift(self):
        """Tell of what has changed, unless this month was told of or the process rests.

        :return: whether it was told
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.drift_checked_at = now
        month = f"{now:%Y-%m}"
        if self.drift_month == month:
            return False
        found = self.sudo().changes()
        fresh = (now - timedelta(days=const.DRIFT_DAYS)).isoformat()
        if not found["drifted"] or (found["until"] or "") < fresh:
            return False
        self.drift_month = month
        return self._emit(
            "process.drift",
            process=self.name,
            month=month,
            changes=len(found["changes"]),
            norms=sum(norm["significant"] for norm in found["norms"]),
        )
